"""The table of regimes: its columns, and laws for every kind."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features import compute_features
from backtrader_walkforward.regimes import compute_regimes
from backtrader_walkforward.settings.choices import REGIMES

LINES = ["trend_regime", "volatility_regime", "markov_regime"]


@pytest.fixture(scope="module")
def table_of(walk_forward, first_day):
    """Compute the regimes of a history from its prices alone."""

    def table_of(prices, kinds=tuple(REGIMES)):
        return compute_regimes(kinds, prices["Close"], compute_features(prices), walk_forward, first_day)

    return table_of


@pytest.fixture(scope="module")
def whole(prices, table_of):
    return table_of(prices)


def test_the_columns_are_those_asked_for_in_one_order(prices, table_of, whole):
    assert list(whole) == LINES
    assert whole.index.equals(prices.index)
    pd.testing.assert_frame_equal(table_of(prices, ("markov", "trend")), whole[[LINES[0], LINES[2]]])
    assert table_of(prices, ()).shape == (len(prices), 0)


def test_every_regime_occurs_and_only_codes_do(whole, first_day):
    for kind, names in REGIMES.items():
        found = whole[f"{kind}_regime"]
        assert set(found.dropna()) == set(map(float, range(len(names))))
        assert found.loc[first_day:].notna().all()


@pytest.mark.parametrize("days", [640, 643, 644, 700, 751])
def test_a_shorter_history_has_the_first_rows_to_the_bit(prices, table_of, whole, days):
    pd.testing.assert_frame_equal(table_of(prices.iloc[:days]), whole.iloc[:days], check_exact=True)


@pytest.mark.parametrize("days", [640, 700])
@pytest.mark.parametrize("factor", [0.001, 1000.0])
def test_a_poisoned_future_changes_no_row_before_it(prices, table_of, whole, days, factor):
    other = prices.copy()
    other.iloc[days:] *= factor
    changed = table_of(other)
    pd.testing.assert_frame_equal(changed.iloc[:days], whole.iloc[:days], check_exact=True)
    assert not changed.iloc[days:].equals(whole.iloc[days:])


def test_the_currency_is_of_no_importance(prices, table_of, whole):
    pd.testing.assert_frame_equal(table_of(prices * 2.0**9), whole, check_exact=True)


def test_the_split_begins_on_the_day_of_the_first_forecast(prices, features, walk_forward, first_day, whole):
    left_to_itself = compute_regimes(
        ["markov"], prices["Close"], features, walk_forward.__class__(lookback=20, retrain_every=60), first_day
    )
    np.testing.assert_array_equal(left_to_itself["markov_regime"], whole["markov_regime"])
