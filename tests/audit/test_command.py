"""The audit from the settings to the report: a clean run passes, a run that is too short does not."""

import json
from typing import ClassVar

import pytest
from backtrader_walkforward.predictors.lstm import LSTM

from backtrader_walkforward.audit.audit_report import AuditError
from backtrader_walkforward.audit.command import make_audit_report, run_audit
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.strategies import kelly
from backtrader_walkforward.trading import SizingStrategy

ALL = {
    "audit": 1,
    "feature": 31,
    "training rows": 5,
    "predictor, new fit": 1,
    "signal": 10,
    "strategy": 3,
    "strategy, bar by bar": 3,
    "equity": 7,
    "fills": 3,
}
"""Findings of each stage in the quick run: a strategy, pure and in a hybrid, and buy & hold."""


class SmallLSTM(LSTM):
    """A network that trains in a moment."""

    def __init__(self, target="return", seed=7, epochs=2, units=(4, 2), dense=2, initial_weights=None):
        super().__init__(target, seed, epochs, units=units, dense=dense, initial_weights=initial_weights)


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
        {"fill": "close"},
        {"target": "price", "whole_shares": True},
        {"predictor": "ridge,mean", "timeframes": ("daily", "weekly")},
        {"regimes": ("volatility",), "regime_filter": (("high_volatility", "half"),)},
    ],
    ids=str,
)
def test_a_clean_run_passes_with_other_settings(settings_of, settings):
    assert make_audit_report(settings_of(**settings)).verdict == Verdict.PASS


class Counted(SmallLSTM):
    """Keeps the number of windows of each fit."""

    fitted: ClassVar[list[int]] = []

    def fit(self, windows, target):
        self.fitted.append(len(target))
        return super().fit(windows, target)


def test_a_network_passes_and_is_refitted_only_once(settings_of, plant_predictor, monkeypatch):
    fitted = []
    monkeypatch.setattr(Counted, "fitted", fitted)
    plant_predictor("counted", Counted)
    report = make_audit_report(settings_of(predictor="counted", epochs=2))
    assert report.not_passed == []
    assert stages_of(report) == ALL | {"predictor": 1}
    assert len(fitted) == 5 + 1
    assert fitted[-1] == min(fitted)


def test_a_variant_in_cash_is_audited_with_a_synthetic_forecast(settings_of):
    report = make_audit_report(settings_of(strategies=("binary",), threshold=0.5))
    assert report.verdict == Verdict.PASS


class NeverTrades(SizingStrategy):
    """Never trades."""

    def target_weight(self):
        return 0.0


def test_a_strategy_that_never_trades_is_inconclusive(settings_of, monkeypatch):
    NeverTrades.__module__ = kelly.__name__
    monkeypatch.setattr(kelly, "NeverTrades", NeverTrades, raising=False)
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
