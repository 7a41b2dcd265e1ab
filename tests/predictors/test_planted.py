"""Planted signals are found, and nothing where nothing is planted: `python -m benchmarks.planted` in small."""

import pytest
from backtrader_walkforward.predictors.boosting import Boosting
from backtrader_walkforward.predictors.lstm import LSTM
from backtrader_walkforward.predictors.ridge import Ridge

from benchmarks.planted import Cell, measure

pytestmark = pytest.mark.slow

SMALL = LSTM(epochs=10, min_epochs=10, units=(16, 8))


@pytest.mark.parametrize(
    ("planted", "days", "tickers", "predictor", "at_least"),
    [
        ("AR(.3)", 2_600, 1, Ridge(), 0.85),
        ("AR(.3)", 2_600, 1, Boosting(), 0.7),
        ("AR(.3)", 2_600, 1, SMALL, 0.5),
        ("five-day momentum", 2_600, 1, Ridge(), 0.85),
        ("reversal after volume", 535, 20, Boosting(), 0.6),
        ("sign turned by volatility", 535, 20, Boosting(), 0.3),
    ],
)
def test_a_planted_signal_is_found(planted: str, days: int, tickers: int, predictor, at_least: float) -> None:
    assert measure(Cell(planted, "drawn", days, tickers), predictor, 0).with_mean >= at_least


def test_no_linear_model_finds_a_sign_that_volatility_turns() -> None:
    found = measure(Cell("sign turned by volatility", "drawn", 535, 20), Ridge(), 0)
    assert abs(found.with_mean) < 0.15


@pytest.mark.parametrize("predictor", [Ridge(), Boosting(), SMALL], ids=["ridge", "boosting", "lstm"])
def test_where_nothing_is_planted_nothing_is_found(predictor) -> None:
    found = measure(Cell("nothing", "drawn", 535, 3), predictor, 0)
    assert abs(found.with_return) <= 2 / found.days**0.5
