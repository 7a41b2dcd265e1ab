"""The regimes that are asked for, side by side, as lines of the feed."""

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.folds import complete_rows
from backtrader_walkforward.regimes.markov import markov_regime
from backtrader_walkforward.regimes.trend import trend_regime
from backtrader_walkforward.regimes.volatility import volatility_regime
from backtrader_walkforward.settings.choices import REGIMES, regime_line


def compute_regimes(
    kinds: Collection[str],
    close: pd.Series,
    features: pd.DataFrame,
    walk_forward: WalkForward,
    first_test_day: pd.Timestamp,
) -> pd.DataFrame:
    """Return the regime of each day, a column a kind.

    Row t uses rows 0 to t and nothing later. So the regimes of a shorter history are, to the bit, the first rows of a
    longer one's, as long as the test begins on the same day.

    Parameters
    ----------
    kinds : collection of {"trend", "volatility", "markov"}
        In any order.
    close : Series (n_bars,)
    features : DataFrame (n_bars, n_features)
        As of `compute_features`, with the index of `close`.
    walk_forward : WalkForward
        Whose folds the Markov model is fitted in.
    first_test_day : Timestamp
        Day of the first forecast.

    Returns
    -------
    DataFrame (n_bars, kinds)
        `trend_regime volatility_regime markov_regime`, those asked for, with the index of `close`. Codes of
        `choices.REGIME_CODES`; NaN where the regime is not known.
    """
    columns = {}
    if "trend" in kinds:
        columns["trend"] = trend_regime(close.to_numpy(dtype=float))
    if "volatility" in kinds:
        columns["volatility"] = volatility_regime(features["volatility"])
    if "markov" in kinds:
        first_test = int(features.index[complete_rows(features)].searchsorted(first_test_day))
        columns["markov"] = markov_regime(features, replace(walk_forward, first_test=first_test))
    return pd.DataFrame({regime_line(kind): columns[kind] for kind in REGIMES if kind in columns}, close.index)
