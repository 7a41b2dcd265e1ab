"""Typical look-ahead errors, planted in the functions of a run: the audit finds each with its name and day."""

import re

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.ridge import Ridge
from sklearn.preprocessing import StandardScaler

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.check_trading import check_signals, perturbed_signals
from backtrader_walkforward.audit.finding import merge_findings
from backtrader_walkforward.audit.perturbed_history import audit_dates, perturbed_histories
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.features import FEATURE_NAMES, compute_features, indicators, timeframes, warm_up
from backtrader_walkforward.forecasting import folds, walk_forward_forecast
from backtrader_walkforward.forecasting.folds import fold_tasks
from backtrader_walkforward.regimes import compute, markov
from backtrader_walkforward.settings.choices import REGIME_CODES, REGIMES, regime_line
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.strategies import kelly
from backtrader_walkforward.study import Stages, stages
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading import SizingStrategy

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
    monkeypatch.setitem(indicators.INDICATORS, "next_return", next_return)
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
    found = found_in(timeframes=("daily", "weekly"))
    assert set(found) == {("feature", f"weekly_{name}") for name in names}
    assert all("differs when the history ends on that day" in failure for failure in found.values())


def test_a_scaler_fitted_on_all_rows_before_the_split(found_in, monkeypatch):
    def scaled_tasks(close, table, *arguments):
        return fold_tasks(close, (table - table.mean()) / table.std(), *arguments)

    for module in (walk_forward_forecast, stages):
        monkeypatch.setattr(module, "fold_tasks", scaled_tasks)
    found = found_in()
    assert set(found) == {("training rows", f"fold {fold}") for fold in range(4)}
    assert all("changes when later rows are" in failure for failure in found.values())


SEEN = {}
"""A global table of all days, which a careless author reads from everywhere."""


@pytest.fixture
def table_for_everyone(monkeypatch):
    def remembered(prices, *settings):
        SEEN["close"], SEEN["features"] = prices["Close"], compute_features(prices, *settings)
        return SEEN["features"]

    monkeypatch.setattr(stages, "compute_features", remembered)
    yield
    SEEN.clear()


class ScaledOnAllRows(Ridge):
    """Ridge with a scaler that is fitted on later days."""

    def fit(self, windows, target):
        super().fit(windows, target)
        known = self.scaler_
        self.scaler_ = StandardScaler().fit(SEEN["features"].dropna().to_numpy())
        self.model_.coef_ = self.model_.coef_ * known.scale_ / known.scale_.max()
        return self


class StopsOnTestRows(Ridge):
    """Ridge with a number of steps that is chosen on later rows."""

    def fit(self, windows, target):
        super().fit(windows, target)
        returns = SEEN["close"].pct_change().to_numpy()[-60:]
        errors = [np.abs(returns[np.isfinite(returns)] - step / 1000).mean() for step in range(-50, 50)]
        self.epochs_ = 1 + int(np.argmin(errors))
        self.model_.coef_ = self.model_.coef_ * self.epochs_
        return self


@pytest.mark.parametrize(("name", "predictor"), [("scaled", ScaledOnAllRows), ("stopped", StopsOnTestRows)])
def test_a_predictor_that_reads_other_data(found_in, plant_predictor, table_for_everyone, name, predictor):
    plant_predictor(name, predictor)
    found = found_in(predictor=name)
    assert set(found) == {("predictor, new fit", name)}
    assert "changes when later rows are cut off, 2018-1" in found["predictor, new fit", name]


def test_a_target_one_day_too_late(found_in, monkeypatch):
    def next_but_one(close, target):
        return np.append(honest(close, target)[1:], np.nan)

    honest = folds.next_target
    monkeypatch.setattr(folds, "next_target", next_but_one)
    found = found_in()
    assert {("training rows", f"fold {fold}") for fold in range(5)} <= set(found)
    assert "trains on a target that does not follow its window" in found["training rows", "fold 0"]


def test_a_spread_scaled_by_a_later_maximum(found_in, monkeypatch):
    def in_units_of_the_largest(returns, kinds):
        mean, spread = honest(returns, kinds)
        return mean, spread / spread.max()

    honest = walk_forward_forecast.mean_and_spread
    monkeypatch.setattr(walk_forward_forecast, "mean_and_spread", in_units_of_the_largest)
    found = found_in(predictor="ridge,mean")
    assert set(found) == {("predictor, new fit", "ridge,mean")}


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
def failures_in_signals(settings_of, tmp_path):
    """Audit the signals alone, over a period with two lasting states; return each failure by its signal."""

    def failures_in_signals(*kinds):
        settings = settings_of(period=900, retrain_every=60, regimes=kinds)
        prices = load_prices(settings, warm_up=warm_up(settings.forecast.timeframes)).frame
        run = AuditedRun.of(Stages.of(settings), prices, Cache("forecasts", tmp_path), None)
        histories = perturbed_histories(run, audit_dates(run))
        found = merge_findings(
            finding for history in histories for finding in check_signals(run, perturbed_signals(run, history), history)
        )
        assert all(finding.compared for finding in found)
        return {finding.name: str(finding) for finding in found if finding.failure}

    return failures_in_signals


@pytest.mark.parametrize("leak", REGIME_LEAKS)
def test_a_regime_that_uses_later_days(failures_in_signals, monkeypatch, leak):
    monkeypatch.setattr(*REGIME_LEAKS[leak])
    kind = leak.partition(",")[0]
    line = regime_line(kind)
    [(name, failure)] = failures_in_signals(kind).items()
    assert name == line
    assert re.match(rf"signal {line}, 20\d\d-\d\d-\d\d: changes when later rows are", failure)


def test_a_regime_that_uses_only_the_past_passes(failures_in_signals):
    assert failures_in_signals(*REGIMES) == {}


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


class MedianOfAll(SizingStrategy):
    """Scales by the median of all days of the feed."""

    def start(self):
        self.median = np.nanmedian(self.data.p.dataname["volatility"])

    def target_weight(self):
        return self.median / self.data.volatility[0] * 10 * self.predicted_return


class Peeking(SizingStrategy):
    """Buys before a rise."""

    def target_weight(self):
        return 1.0 if self.data.close[1] > self.data.close[0] else -1.0


class PeekingWithCare(SizingStrategy):
    """Buys before a rise, if there is a next bar."""

    def target_weight(self):
        ahead = min(1, self.data.buflen() - len(self.data))
        return 1.0 if self.data.close[ahead] > self.data.close[0] else -0.5


@pytest.fixture
def planted(found_in, monkeypatch):
    """Add a strategy to `strategies/`, and audit it together with a clean one."""

    def planted(strategy, name):
        strategy.__module__ = kelly.__name__
        monkeypatch.setattr(kelly, strategy.__name__, strategy, raising=False)
        return found_in(strategies=(name, "kelly"))

    return planted


HYBRIDS = ("", "_hybrid_70_30")


def test_a_median_of_the_whole_sample_in_the_sizing(planted):
    found = planted(MedianOfAll, "median_of_all")
    assert set(found) == {("strategy", f"median_of_all{split}") for split in HYBRIDS}
    assert all(failure.startswith("changes when later rows are") for failure in found.values())


def test_a_strategy_that_reads_the_next_close(planted):
    [(thing, failure)] = planted(Peeking, "peeking").items()
    assert thing == ("strategy, bar by bar", "peeking")
    assert "reads a later bar: strategies/kelly.py: Peeking.target_weight() on 2018-10-30" in failure


def test_a_strategy_that_reads_the_next_close_with_care(planted):
    found = planted(PeekingWithCare, "peeking_with_care")
    names = [f"peeking_with_care{split}" for split in HYBRIDS]
    assert set(found) == {(stage, name) for stage in ("strategy", "strategy, bar by bar") for name in names}


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
