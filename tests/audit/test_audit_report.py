"""The audit report: verdict, text and file."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.audit.audit_report import AuditError, AuditReport, findings_text, report_text
from backtrader_walkforward.audit.finding import Finding, Verdict
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.settings.settings import Settings

DAY = pd.Timestamp("2018-06-05")
GOOD = Finding("feature", "rsi", 5)
BAD = Finding("feature", "macd", 5, "changes when later rows are cut off", DAY)
UNKNOWN = Finding("strategy", "kelly", 0, reason="it orders nothing")


@pytest.fixture
def report(tmp_path):
    settings = Settings.of(source="sample", out=tmp_path)
    return AuditReport(settings, load_prices(settings), [DAY], [GOOD])


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([GOOD], Verdict.PASS),
        ([GOOD, UNKNOWN], Verdict.INCONCLUSIVE),
        ([GOOD, UNKNOWN, BAD], Verdict.FAIL),
    ],
)
def test_the_verdict_is_that_of_the_worst(report, findings, verdict):
    assert replace(report, findings=findings).verdict == verdict


def test_an_audit_that_does_not_pass_is_an_error_that_names_the_first_failure(report):
    report.require_pass()
    named = r"audit failed: feature macd, 2018-06-05: changes when later rows are cut off \(and 1 more\) - correct it"
    with pytest.raises(AuditError, match=named) as raised:
        replace(report, findings=[UNKNOWN, BAD]).require_pass()
    assert raised.value.exit_code == 1


def test_the_file_holds_every_check(report):
    label = replace(report, findings=[GOOD, BAD, UNKNOWN]).as_dict()
    assert json.loads(json.dumps(label)) == label
    assert (label["verdict"], label["dates"]) == ("fail", ["2018-06-05"])
    assert label["perturbations"] == ["cut off", "shuffled", "scaled", "masked"]
    assert [check["verdict"] for check in label["checks"]] == ["pass", "fail", "inconclusive"]
    assert [check["finding"] for check in label["checks"]] == [None, BAD.failure, UNKNOWN.reason]
    assert not {"out", "workers", "cache_dir", "audit"} & set(label["settings"])


def test_the_text_counts_passes_and_names_failures(report):
    lines = report_text(replace(report, findings=[GOOD, BAD, UNKNOWN]))
    assert "     1 of    2 pass  feature" in lines
    assert "  FAIL: feature macd, 2018-06-05: changes when later rows are cut off" in lines
    assert "  INCONCLUSIVE: strategy kelly: it orders nothing" in lines
    assert lines[-1].startswith("Verdict: FAIL - ")


def test_similar_findings_share_a_line_and_long_lists_are_cut():
    alike = [replace(BAD, name=name) for name in ("lag_1", "lag_2")]
    assert findings_text(alike) == ["FAIL: feature lag_1, lag_2, 2018-06-05: changes when later rows are cut off"]
    many = [replace(BAD, stage=f"stage {number}") for number in range(14)]
    assert findings_text(many)[-1] == "and 2 more, in audit.json"


def test_the_file_is_in_the_folder_of_the_run_or_in_its_own(report, tmp_path):
    assert replace(report, folder=tmp_path / "runs" / "SPY_1").write() == tmp_path / "runs" / "SPY_1" / "audit.json"
    assert report.write() == tmp_path / "runs" / "SPY_audit" / "audit.json"


def test_a_folder_that_cannot_be_written_is_a_one_line_error(report):
    (report.settings.report.out / "runs").write_text("a file")
    with pytest.raises(UserError, match=r"cannot write .* - choose another folder with --out DIR"):
        report.write()
