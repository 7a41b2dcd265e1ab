"""The audit from the settings to the report: a clean run passes, a run that is too short does not."""

import json

import pytest

from backtrader_walkforward.audit.audit_report import AuditError
from backtrader_walkforward.audit.command import make_audit_report, run_audit
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.errors import DataError

ALL = {
    "audit": 1,
    "training rows": 5,
    "feature": 31,
    "signal": 10,
    "predictor": 1,
    "strategy": 3,
    "files": 1,
    "equity": 7,
    "fills": 3,
}
"""Findings of each stage in the quick run: a strategy, pure and in a hybrid, and buy & hold."""


NETWORK = """
    from backtrader_walkforward.predictors.ridge import Ridge

    class Network(Ridge):
        '''Counts passes over its training windows, as a network does.'''

        def fit(self, windows, target):
            super().fit(windows, target)
            self.epochs_ = 3
            return self
"""


def stages_of(report):
    stages = [finding.stage for finding in report.findings]
    return {stage: stages.count(stage) for stage in stages}


def test_a_clean_run_passes_every_check_and_leaves_no_cache_where_none_is_used(settings_of):
    settings = settings_of(use_cache=False)
    report = make_audit_report(settings)
    assert not (settings.machine.cache_dir / "forecasts.sqlite").exists()
    assert (report.verdict, report.not_passed) == (Verdict.PASS, [])
    assert stages_of(report) == ALL
    assert all(finding.compared for finding in report.findings)
    assert len(report.dates) == 4


@pytest.mark.parametrize(
    "settings",
    [
        {"fill": "close", "target": "price", "inputs": "raw", "whole_shares": True},
        {
            "predictor": "ridge,mean",
            "timeframes": ("daily", "weekly"),
            "regimes": ("volatility",),
            "regime_filter": (("high_volatility", "half"),),
        },
    ],
    ids=str,
)
def test_a_clean_run_passes_with_other_settings(settings_of, settings):
    assert make_audit_report(settings_of(**settings)).verdict == Verdict.PASS


def test_a_network_is_fitted_again_in_the_folds_of_the_dates(settings_of, plant):
    plant("predictors", "network", NETWORK)
    report = make_audit_report(settings_of(predictor="network", retrain_every=6))
    assert report.not_passed == []
    assert stages_of(report) == ALL | {"training rows": 7}
    assert report.covered["forecasts"] == "24 of 42 days, row by row, with a new fit of folds 0, 2, 4, 6 of 7"


@pytest.mark.slow
@pytest.mark.parametrize("walk", [{"cold_start_every": 2}, {"search_every": 2}], ids=str)
def test_the_network_passes_and_takes_over_what_is_stored(settings_of, walk):
    tiny = {"predictor": "lstm", "epochs": 1, "units": (4,), "lookback": 5}
    report = make_audit_report(settings_of(**tiny, retrain_every=21, **walk))
    assert report.not_passed == []


def test_a_variant_in_cash_is_audited_with_a_synthetic_forecast(settings_of):
    report = make_audit_report(settings_of(strategies=("binary",), threshold=0.5))
    assert report.verdict == Verdict.PASS


NEVER = """
    from backtrader_walkforward import SizingStrategy

    class NeverTrades(SizingStrategy):
        def target_weight(self):
            return 0.0
"""


def test_a_strategy_that_never_trades_is_inconclusive(settings_of, plant):
    plant("strategies", "never_trades", NEVER)
    report = make_audit_report(settings_of(strategies=("never_trades", "kelly")))
    assert report.verdict == Verdict.INCONCLUSIVE
    assert {finding.name.partition("_hybrid")[0] for finding in report.not_passed} == {"never_trades"}
    with pytest.raises(AuditError, match="is inconclusive: strategy never_trades: one of its accounts has no fill"):
        report.require_pass()


def test_too_few_days_to_learn_from_are_an_error(settings_of):
    with pytest.raises(DataError, match="too few rows of prices"):
        make_audit_report(settings_of(period=22, lookback=1))


def test_equal_runs_have_equal_reports_of_which_quiet_prints_the_verdict(settings_of, capsys):
    settings = settings_of()
    path = settings.report.out / "runs" / "SPY_audit" / "audit.json"
    run_audit(settings)
    first = path.read_text()
    assert json.loads(first)["verdict"] == "pass"
    printed = capsys.readouterr().out
    assert printed.endswith(f"Audit report: {path}\n")
    run_audit(settings.replace(quiet=True))
    assert path.read_text() == first
    verdict, told = capsys.readouterr().out.splitlines()
    assert verdict.startswith("Verdict: PASS - ")
    assert told == f"Audit report: {path}"
    assert printed.endswith(f"{verdict}\n{told}\n")


def test_audit_is_a_command():
    assert parse_arguments(["audit", "--predictor", "ridge"]).command is COMMANDS["audit"]
