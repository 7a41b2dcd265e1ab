"""A quick run: 200 days of the sample, ridge, short windows, and a threshold of 0."""

import importlib
import multiprocessing
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest

from backtrader_walkforward import predictors, strategies
from backtrader_walkforward.audit import check_forecasts, check_trading, clean_room
from backtrader_walkforward.audit.audit_report import AuditReport
from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.clean_room import Failure
from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.audit.finding import Finding, Verdict
from backtrader_walkforward.audit.panel import check_books
from backtrader_walkforward.audit.panel import check_forecasts as check_panel_forecasts
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.errors import reason_of
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.source_content import SOURCES

PLUGINS = {"strategies": strategies, "predictors": predictors}


@pytest.fixture(scope="session", autouse=True)
def quick_rooms():
    """Begin clean rooms with the libraries imported and nothing read: a spawned one imports them for two seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.forked_runs"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clean_room, "CONTEXT", context)
        yield


@pytest.fixture
def rooms_in_this_process(monkeypatch):
    """Do the work of clean rooms here, where what a test has planted in the engine is seen."""

    def answers_of(rooms, workers):
        return [answer_of(room) for room in rooms]

    for module in (clean_room, check_forecasts, check_trading, check_panel_forecasts, check_books):
        monkeypatch.setattr(module, "answers_of", answers_of)


def answer_of(room):
    try:
        return room.compute(iter(room.items), *room.arguments)
    except Exception as error:
        return Failure(reason_of(error))


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Write a plug-in into a folder of the user: `plant("strategies", "peeking", source)`."""
    planted = []

    def plant(kind, name, source):
        folder = tmp_path / kind
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(dedent(source))
        if str(folder) not in PLUGINS[kind].__path__:
            monkeypatch.setattr(PLUGINS[kind], "__path__", [*PLUGINS[kind].__path__, str(folder)])
        importlib.invalidate_caches()
        planted.append(f"backtrader_walkforward.{kind}.{name}")

    yield plant
    for module in planted:
        sys.modules.pop(module, None)
        SOURCES.pop(module, None)


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
def settings_of(tmp_path) -> Callable[..., Settings]:
    """Make the settings of the quick run, with some values replaced; each strategy has one hybrid."""
    return partial(quick_settings, tmp_path, hybrids="30")


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
