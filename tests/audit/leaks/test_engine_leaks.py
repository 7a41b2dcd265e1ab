"""Typical look-ahead errors, planted in the functions of the engine: the audit finds each with its name and day."""

import re

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit import check_forecasts, check_learning
from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.check_learning import perturbed_rooms
from backtrader_walkforward.audit.clean_room import findings_of
from backtrader_walkforward.audit.finding import merge_findings
from backtrader_walkforward.audit.perturbed_history import audit_dates
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.features import FEATURE_NAMES, indicators, timeframes, warm_up
from backtrader_walkforward.forecasting import fold_tasks, forecasts, walk_forward_forecast
from backtrader_walkforward.regimes import compute, markov
from backtrader_walkforward.settings.choices import REGIME_CODES, REGIMES, regime_line
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.study import Stages, stages
from backtrader_walkforward.system.cache import Cache

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rooms_in_this_process")]

FIRST_DAY = "2018-04-30"
"""The first bar of the quick run."""


def shifted(close, days):
    return pd.Series(close).shift(-days).to_numpy()


def centred(close):
    return pd.Series(close).pct_change().rolling(21, center=True).std().to_numpy()


def filled_back(close, days):
    return pd.Series(close).rolling(days).mean().bfill().to_numpy()


def next_return(bars):
    return np.append(bars.close[1:] / bars.close[:-1] - 1, np.nan)


def test_features_that_look_ahead(found_in, monkeypatch):
    """Four leaks at once, the target among the features the last of them: each is found for itself."""
    for seam, leak in {"lag": shifted, "volatility": centred, "sma": filled_back}.items():
        monkeypatch.setattr(indicators, seam, leak)
    monkeypatch.setitem(indicators.INDICATORS, "next_return", indicators.Indicator(indicators.RATIO, next_return))
    days = {"volume_change_1": FIRST_DAY, "next_return": FIRST_DAY, "volatility": "2018-05-15"}
    days |= {f"lag_{days}": FIRST_DAY for days in (1, 2, 3, 4, 5)} | {f"sma_{days}": FIRST_DAY for days in (7, 14, 21)}
    failure = "differs when the history ends on that day"
    assert found_in() == {("feature", name): f"{failure}, {day}" for name, day in days.items()}


def joined_to_its_own_days(by_period, periods, closes):
    return by_period.loc[periods]


def last_of_each_week(by_period, periods, closes):
    """Give the week's bar to its last session. Only the next session shows that it is the last one."""
    is_last = np.append(periods[1:] != periods[:-1], False)
    own, before = (table.loc[periods].reset_index(drop=True) for table in (by_period, by_period.shift(1)))
    return own.where(pd.Series(is_last), before, axis=0)


LAGS = {f"lag_{weeks}" for weeks in (1, 2, 3, 4, 5)}
"""The lags of a weekly bar are closes of earlier weeks, so that they are no leak."""


@pytest.mark.parametrize(
    ("leak", "names"),
    [(joined_to_its_own_days, set(FEATURE_NAMES) - LAGS), (last_of_each_week, set(FEATURE_NAMES))],
)
def test_a_week_joined_to_its_own_days(found_in, monkeypatch, leak, names):
    monkeypatch.setattr(timeframes, "on_each_day", leak)
    monkeypatch.setattr(check_learning, "MOST_DAYS", 60)
    found = found_in(timeframes=("daily", "weekly"))
    assert set(found) == {("feature", f"weekly_{name}") for name in names}
    assert all("differs when the history ends on that day" in failure for failure in found.values())


def test_a_scaler_fitted_on_all_rows_before_the_split(found_in, monkeypatch):
    def scaled_tasks(prices, table, *arguments, **options):
        return fold_tasks.fold_tasks(prices, (table - table.mean()) / table.std(), *arguments, **options)

    for module in (walk_forward_forecast, stages):
        monkeypatch.setattr(module, "fold_tasks", scaled_tasks)
    found = found_in()
    assert set(found) == {("training rows", f"fold {fold}") for fold in range(4)}
    assert all("changes when later rows are" in failure for failure in found.values())


def test_a_target_one_day_too_late(found_in, monkeypatch):
    def next_but_one(close, target):
        return np.append(honest(close, target)[1:], np.nan)

    honest = fold_tasks.next_target
    monkeypatch.setattr(fold_tasks, "next_target", next_but_one)
    found = found_in()
    assert {("training rows", f"fold {fold}") for fold in range(5)} <= set(found)
    assert "trains on a target that does not follow its window" in found["training rows", "fold 0"]


def test_a_spread_scaled_by_a_later_maximum(found_in, monkeypatch):
    def in_units_of_the_largest(returns, kinds):
        mean, spread = honest(returns, kinds)
        return mean, spread / spread.max()

    honest = forecasts.mean_and_spread
    for module in (forecasts, check_forecasts):
        monkeypatch.setattr(module, "mean_and_spread", in_units_of_the_largest)
    found = found_in(predictor="ridge,mean")
    assert set(found) == {("predictor", "ridge,mean")}


def test_a_signal_with_the_median_of_the_whole_sample(found_in, monkeypatch):
    def with_median_of_all(prices, table, *rest):
        return build_signals(prices, table, *rest).assign(median_volatility=table["volatility"].median())

    monkeypatch.setattr(stages, "build_signals", with_median_of_all)
    assert set(found_in()) == {("signal", "median_volatility")}


def centred_trend(close):
    """Compare with the mean of the 100 closes before and the 100 after."""
    average = pd.Series(close).rolling(200, center=True, min_periods=100).mean()
    return np.where(close > average, REGIME_CODES["uptrend"], REGIME_CODES["downtrend"])


def terciles_of_all(volatility):
    low, high = volatility.quantile(1 / 3), volatility.quantile(2 / 3)
    return np.digitize(volatility, [low, high]).astype(float)


def smoothed(returns, params):
    """Give each day the smoothed probability, which uses later days."""
    probabilities = markov.model_of(returns).smooth(params, cov_type="none").smoothed_marginal_probabilities
    return probabilities[:, int(np.argmax(params[-2:]))]


def fitted_with_the_days_to_come(returns, n_train):
    return honest_turbulence(returns, len(returns))


honest_turbulence = markov.turbulence

REGIME_LEAKS = {
    "trend": (compute, "trend_regime", centred_trend),
    "volatility": (compute, "volatility_regime", terciles_of_all),
    "markov": (markov, "filtered_turbulence", smoothed),
    "markov, fitted": (markov, "turbulence", fitted_with_the_days_to_come),
}


@pytest.fixture
def failures_in_signals(settings_of, tmp_path, rooms_in_this_process):
    """Audit the signals alone, over a period with two lasting states; return each failure by its signal.

    One room of two is enough to find a leak: that of histories which are cut off.
    """

    def failures_in_signals(*kinds, rooms):
        settings = settings_of(period=900, retrain_every=60, regimes=kinds)
        prices = load_prices(settings, warm_up=warm_up(settings.forecast.timeframes)).frame
        run = AuditedRun.of(Stages.of(settings), prices, Cache("forecasts", tmp_path), None)
        findings = merge_findings(findings_of(perturbed_rooms(run, audit_dates(run))[:rooms], 1))
        found = [finding for finding in findings if finding.stage == "signal"]
        assert all(finding.compared for finding in found)
        return {finding.name: str(finding) for finding in found if finding.failure}

    return failures_in_signals


@pytest.mark.parametrize("leak", REGIME_LEAKS)
def test_a_regime_that_uses_later_days(failures_in_signals, monkeypatch, leak):
    monkeypatch.setattr(*REGIME_LEAKS[leak])
    kind = leak.partition(",")[0]
    line = regime_line(kind)
    [(name, failure)] = failures_in_signals(kind, rooms=1).items()
    assert name == line
    assert re.match(rf"signal {line}, 20\d\d-\d\d-\d\d: changes when later rows are", failure)


def test_a_regime_that_uses_only_the_past_passes(failures_in_signals):
    assert failures_in_signals(*REGIMES, rooms=2) == {}


def test_the_command_fails_and_names_a_regime_that_leaks(settings_of, monkeypatch, capsys):
    monkeypatch.setattr(compute, "volatility_regime", terciles_of_all)
    out = settings_of().report.out
    quick = "audit --source sample --period 200 --predictor ridge --lookback 10 --retrain-every 10 --threshold 0"
    folders = ["--cache-dir", str(out / "cache"), "--out", str(out), "--workers", "1", "--strategies", "kelly"]
    assert main([*quick.split(), *folders, "--regime-filter", "high_volatility=half"]) == 1
    said = capsys.readouterr()
    line = r"signal volatility_regime, 2018-\d\d-\d\d: changes when later rows are [\w ]+"
    assert re.search(f"^  FAIL: {line}$", said.out, re.MULTILINE)
    assert re.fullmatch(rf"runner.py: the audit failed: {line} - correct it and run again\n", said.err)


def test_the_command_fails_and_the_report_names_a_leak(settings_of, monkeypatch, capsys):
    monkeypatch.setattr(indicators, "volatility", centred)
    out = settings_of().report.out
    quick = "audit --source sample --period 200 --predictor ridge --lookback 10 --retrain-every 10 --threshold 0"
    folders = ["--cache-dir", str(out / "cache"), "--out", str(out), "--workers", "1"]
    assert main([*quick.split(), *folders, "--strategies", "kelly"]) == 1
    said = capsys.readouterr()
    line = "feature volatility, 2018-05-15: differs when the history ends on that day"
    assert f"  FAIL: {line}\n" in said.out
    assert said.err == f"runner.py: the audit failed: {line} - correct it and run again\n"
    assert '"verdict": "fail"' in (out / "runs" / "SPY_audit" / "audit.json").read_text()
