"""Plug-ins that know tomorrow from a file: no history is without it, so that the audit tells of the file."""

import pytest

from backtrader_walkforward.audit.audit_report import AuditError
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.audit.finding import Verdict

STRATEGY = """
import json
from pathlib import Path

from backtrader_walkforward import SizingStrategy

{at_import}


class Prophet(SizingStrategy):
    '''Holds what rises tomorrow, as a file says.'''

    def __init__(self):
        super().__init__()
        {at_start}

    def target_weight(self):
        {each_day}
        return 1.0 if table.get(str(self.data.datetime.date(0)), 0.0) > 0 else -1.0
"""

AT_START = "table.update(json.loads(Path({path!r}).read_text()))"
READ = "table = json.loads(Path({path!r}).read_text())"

PREDICTOR = """
import json
from pathlib import Path

from backtrader_walkforward.predictors.ridge import Ridge


class Oracle(Ridge):
    '''Ridge that shifts its forecasts by what a file says.'''

    def fit(self, windows, target):
        self.shift_ = sum(json.loads(Path({path!r}).read_text()).values())
        return super().fit(windows, target)

    def predict(self, windows):
        return super().predict(windows) + self.shift_
"""


@pytest.fixture
def tomorrow(tmp_path, sample):
    """A file with the next day's return of each day."""
    path = tmp_path / "tomorrow.json"
    following = sample["Close"].pct_change().shift(-1).fillna(0.0).iloc[-300:].to_numpy()
    days = sample.index[-300:].strftime("%Y-%m-%d")
    path.write_text("{" + ", ".join(f'"{day}": {value}' for day, value in zip(days, following, strict=True)) + "}")
    return path


def files_told(report):
    return {one.name: one.reason for one in report.findings if one.stage == "files" and one.verdict != Verdict.PASS}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("", {"at_import": READ, "at_start": "pass", "each_day": "pass"}),
        (": Prophet.__init__()", {"at_import": "table = {{}}", "at_start": AT_START, "each_day": "pass"}),
        (": Prophet.target_weight()", {"at_import": "", "at_start": "pass", "each_day": READ}),
    ],
)  # fmt: skip
def test_a_strategy_with_a_file_of_tomorrows_prices_is_no_pass(settings_of, plant, tomorrow, place, code):
    lines = {name: line.format(path=str(tomorrow)) for name, line in code.items()}
    plant("strategies", "prophet", STRATEGY.format(**lines))
    report = make_audit_report(settings_of(strategies=("prophet",)))
    assert report.verdict == Verdict.INCONCLUSIVE
    told = f"opened {tomorrow}: look whether that holds anything of later days"
    assert files_told(report) == {f"strategies/prophet.py{place}": told}
    with pytest.raises(AuditError, match=r"audit is inconclusive: files strategies/prophet.py.*tomorrow.json: look"):
        report.require_pass()


def test_a_predictor_with_a_file_is_no_pass(settings_of, plant, tomorrow):
    plant("predictors", "oracle", PREDICTOR.format(path=str(tomorrow)))
    report = make_audit_report(settings_of(predictor="oracle", strategies=("kelly",)))
    assert list(files_told(report)) == ["predictors/oracle.py: Oracle.fit()"]


def test_no_shipped_plugin_opens_a_file(settings_of):
    report = make_audit_report(settings_of(predictor="ridge,mean", strategies=None))
    assert (report.verdict, files_told(report)) == (Verdict.PASS, {})
