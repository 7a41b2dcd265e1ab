import numpy as np
import pandas as pd

from backtrader_walkforward.regimes import notes_on_regimes, regimes_at_last

TEST = pd.bdate_range("2020-01-01", periods=6)


def signals(**lines):
    """Make six bars; the first one has no forecast."""
    return pd.DataFrame({"predicted_return": [np.nan, *[0.01] * 5]} | lines, TEST)


def test_where_all_is_known_and_nothing_filtered_there_is_nothing_to_say():
    assert notes_on_regimes(signals(), {}) == ()
    assert notes_on_regimes(signals(trend_regime=0.0), {"": ()}) == ()


def test_unknown_days_of_the_test_are_counted_with_the_reason():
    [trend, markov] = notes_on_regimes(
        signals(trend_regime=[np.nan, np.nan, 0, 0, 0, 1], markov_regime=[np.nan] * 4 + [0, 1]), {}
    )
    said = "trend regime: unknown on 1 of 5 test days, because fewer than 200 closes were known"
    assert trend == f"{said}; no filter applies on such a day"
    assert markov.startswith("markov regime: unknown on 3 of 5 test days, because their model has no two")


def test_what_a_filter_did_is_counted_and_whose_it_was():
    volatility = [2, 2, 0, 1, 2, 2]
    rules = (("high_volatility", "half"), ("low_volatility", "out"))
    filters = {"": rules, "careful": (("mid_volatility", "out"),)}
    assert notes_on_regimes(signals(volatility_regime=volatility), filters) == (
        "regime filter: high_volatility halved the weights of active accounts at 3 of 5 closes",
        "regime filter: low_volatility kept active accounts out of the market at 1 of 5 closes",
        "regime filter of careful: mid_volatility kept active accounts out of the market at 1 of 5 closes",
    )


def test_the_regimes_of_the_last_close():
    assert regimes_at_last(signals()) == {}
    known = signals(trend_regime=[0, 0, 0, 0, 0, 1], volatility_regime=[0, 0, 0, 0, 0, 2], markov_regime=np.nan)
    assert regimes_at_last(known) == {"trend": "downtrend", "volatility": "high_volatility", "markov": "unknown"}
