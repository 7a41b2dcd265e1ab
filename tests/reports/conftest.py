"""Small comparisons and facts to report on: real prices, sized by simple rules."""

import numpy as np
import pandas as pd
import pytest
from arch.data import sp500

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.evaluation import (
    BacktestResult,
    Comparison,
    Diagnostics,
    FoldSummary,
    ForecastSkill,
    ForecastSummary,
    ForecastTest,
    LearningCurve,
    Metrics,
    measure_performance,
)
from backtrader_walkforward.evaluation.metrics import daily_returns, mean_exposure, turnover, win_rate
from backtrader_walkforward.reports import RunSummary
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import assess_significance
from backtrader_walkforward.trading.analyzers import declared_metrics, find_analyzers

CAPITAL = 100_000.0
DECLARED = declared_metrics(find_analyzers())


@pytest.fixture(scope="session")
def closes():
    """145 closes of the S&P 500 index, the autumn of 2015 among them."""
    closes = sp500.load()["Adj Close"].loc["2015-06-01":].iloc[:145]
    return closes.rename_axis("date")


@pytest.fixture(scope="session")
def make_result(closes):
    """Return a function that makes a result from daily weights or from an equity curve."""

    def make(name, kind, weights=1.0, equity=None):
        weights = pd.Series(np.broadcast_to(np.asarray(weights, float), closes.shape), closes.index)
        if equity is None:
            growth = 1 + weights.shift(1).fillna(0.0) * closes.pct_change().fillna(0.0)
            equity = CAPITAL * growth.cumprod()
        return result_of(name, kind, weights.loc[equity.index], equity)

    return make


def result_of(name, kind, weights, equity):
    fills = pd.DataFrame(
        {
            "date": equity.index[1:3],
            "strategy": name,
            "account": "active",
            "size": [10.5, -10.5],
            "price": [2101.25, 2099.1],
            "commission": 0.0,
        }
    )
    profits = pd.Series([3.0, -1.0, 0.1])
    figures = measure_performance(equity) | {
        "win_rate": win_rate(profits),
        "trades": len(profits),
        "rejected_orders": 0,
        "exposure": mean_exposure(weights),
        "net_exposure": weights.mean(),
        "gross_exposure": mean_exposure(weights),
        "turnover": turnover(fills, equity, bars_a_year(equity.index)),
        "bankrupt": next((day.date() for day, value in equity.items() if value <= 0), None),
    }
    return BacktestResult(
        name=name,
        kind=kind,
        equity=equity,
        accounts=accounts_of(kind, equity),
        returns=daily_returns(equity),
        weights=weights,
        exposure=weights * 0.95,
        fills=fills,
        trades=pd.DataFrame(
            {
                "opened": equity.index[min(1, len(equity) - 1)],
                "closed": equity.index[min(2, len(equity) - 1)],
                "size": 10.5,
                "profit": profits,
                "commission": 0.0,
                "borrowing": 0.0,
            }
        ),
        metrics=Metrics(figures, DECLARED),
        bars_a_year=bars_a_year(equity.index),
    )


def accounts_of(kind, equity):
    if kind == "Pure":
        return pd.DataFrame({"active": equity})
    if kind == "100% Long":
        return pd.DataFrame({"passive": equity})
    return pd.DataFrame({"active": equity * 0.3, "passive": equity * 0.7})


@pytest.fixture(scope="session")
def comparison(closes, make_result):
    """Three variants and buy & hold; the hybrid of a rule that looks a day ahead wins."""
    rising = closes.pct_change().shift(-1).fillna(0.0).rolling(3, min_periods=1).mean()
    weights = np.clip(60 * rising, -0.5, 0.5)
    return Comparison.of(
        [
            make_result("kelly", "Pure", weights * 0.8 - 0.1),
            make_result("kelly_hybrid_70_30", "30/70 split", weights),
            make_result("binary", "Pure", (rising < 0).astype(float)),
        ],
        make_result("buy_and_hold", "100% Long"),
    )


@pytest.fixture(scope="session")
def forecasts(closes):
    predicted = closes.pct_change().fillna(0.0) / 3
    return pd.DataFrame(
        {
            "close": closes,
            "predicted_close": closes * (1 + predicted),
            "predicted_return": predicted,
            "fold": np.arange(len(closes)) // 21,
            "training_mean": 0.0004,
        }
    )


def folds_of(days, epochs):
    """Return fits whose validation error falls to the third epoch and rises after it."""
    curves = [LearningCurve.of_members([curve_of(passes)]) for passes in epochs]
    return tuple(
        FoldSummary(
            fold=fold,
            first_date=days[21 * fold].date(),
            days=21 if fold < 6 else 18,
            epochs=epochs[fold],
            spread=0.1 + fold / 100,
            out_of_range=0.117,
            learning_curves=curves[fold],
        )
        for fold in range(len(epochs))
    )


def curve_of(passes):
    epoch = np.arange(1.0, passes + 1)
    return np.column_stack([1 / epoch, 1 + (epoch - 3) ** 2 / 100])


@pytest.fixture(scope="session")
def summary(closes, comparison, forecasts):
    return RunSummary(
        signals=forecasts,
        prices=Prices(
            sp500.load()["2014-01-02" : closes.index[-1]][["Open", "High", "Low", "Close", "Volume"]],
            "SPY",
            "bundled sample: S&P 500 index ^GSPC, standing in for SPY",
            notes=("3 of 31 test features leave the range seen in training on more than 10% of the days.",),
        ),
        settings=Settings.of(seed=7),
        comparison=comparison,
        forecasts=forecasts,
        forecast_summary=ForecastSummary(
            train_sequences=(276, 60, 31),
            test_sequences=(144, 60, 31),
            by_fold=folds_of(closes.index, epochs=(17, 12, 19, 16, 27, 12, 13)),
            skill=ForecastSkill(
                days=144,
                rmse=0.01085,
                mean_rmse=0.01087,
                naive_rmse=0.01084,
                r_squared=0.0037,
                naive_r_squared=-0.0018,
                clark_west=ForecastTest(statistic=0.61, p_value=0.2709, days=144),
                naive_clark_west=ForecastTest(statistic=0.42, p_value=0.3372, days=144),
                mase=1.02,
                naive_mase=1.01,
                spread_within_folds=0.124,
                directional_accuracy=0.5139,
                pesaran_timmermann=ForecastTest(statistic=None, p_value=None, days=143),
                mean_error=-0.0011,
                mean_error_share=-0.0981,
                persistent_bias=0.2314,
                long_ratio=0.6319,
                short_ratio=0.3681,
            ),
            target="return",
            correlations={"return": 0.0312, "traded": -0.0104},
            next_session={"forecast_date": "2015-12-24", "predicted_return": 0.0012, "predicted_close": 2063.46},
        ),
        significance=assess_significance(comparison, seed=7),
        diagnostics=Diagnostics(),
    )
