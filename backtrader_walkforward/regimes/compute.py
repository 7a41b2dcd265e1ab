"""The regimes as lines of the feed, a column for each kind."""

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
    """Return the regime of each day, a column for each kind.

    Row t uses rows 0 to t alone. So a longer history has the same regimes in its first rows, to the bit, if the test
    begins on the same day.

    Parameters
    ----------
    kinds : collection of {"trend", "volatility", "markov"}
        In any order.
    close : Series (n_bars,)
    features : DataFrame (n_bars, n_features)
        As `compute_features` returns them, with the index of `close`.
    walk_forward : WalkForward
        Its folds are those of the Markov model.
    first_test_day : Timestamp
        Day of the first forecast.

    Returns
    -------
    DataFrame (n_bars, kinds)
        The columns `trend_regime volatility_regime markov_regime` that are asked for, with the index of `close`.
        Codes of `choices.REGIME_CODES`; NaN where the regime is not known.
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
