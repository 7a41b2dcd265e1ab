"""A quick run: 200 days of the sample, ridge, short windows, and a threshold of 0."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from backtrader_walkforward.audit.audit_report import AuditReport
from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.audit.finding import Finding, Verdict
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import Predictor, ensemble, find_predictors
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading import variants


@pytest.fixture
def plant_predictor(monkeypatch) -> Callable[[str, type[Predictor]], None]:
    """Let a predictor of a test be found by a name, as if its file lay in `predictors/`."""

    def plant_predictor(name, predictor):
        found = find_predictors() | {name: predictor}
        monkeypatch.setattr(ensemble, "find_predictors", lambda: found)

    return plant_predictor


def quick_settings(folder: Path, **settings) -> Settings:
    """Return the settings of the quick run, with some values replaced."""
    quick = {
        "source": "sample",
        "period": 200,
        "predictor": "ridge",
        "lookback": 10,
        "retrain_every": 10,
        "threshold": 0.0,
        "strategies": ("volatility_adjusted",),
        "null_models": 0,
        "cache_dir": folder / "cache",
        "out": folder,
    }
    return Settings.of(**(quick | settings))


@pytest.fixture
def settings_of(tmp_path, monkeypatch) -> Callable[..., Settings]:
    """Make the settings of the quick run, with some values replaced; each strategy has one hybrid.

    An audit trades all variants nineteen times.
    """
    monkeypatch.setattr(variants, "HYBRID_ACTIVE_SHARES", (0.3,))
    return partial(quick_settings, tmp_path)


@pytest.fixture
def found_in(settings_of) -> Callable[..., dict[tuple[str, str], str]]:
    """Audit the quick run; return each failure and its day by stage and name."""

    def found_in(**settings):
        return faults_of(make_audit_report(settings_of(**settings)))

    return found_in


def faults_of(report: AuditReport) -> dict[tuple[str, str], str]:
    failed = [finding for finding in report.findings if finding.verdict == Verdict.FAIL]
    return {(finding.stage, finding.name): f"{finding.failure}{day_of(finding)}" for finding in failed}


def day_of(finding: Finding) -> str:
    return "" if finding.date is None else f", {finding.date:%Y-%m-%d}"


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> AuditedRun:
    """The quick run up to its signals; read-only by agreement."""
    settings = quick_settings(tmp_path_factory.mktemp("audited"))
    prices = load_prices(settings, warm_up=warm_up(settings.forecast.timeframes))
    cache = Cache("forecasts", settings.machine.cache_dir)
    return AuditedRun.of(Stages.of(settings), prices.frame, cache, None)
