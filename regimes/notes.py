"""What a reader must know of the regimes of a run."""

from collections.abc import Iterable, Iterator

import pandas as pd

from choices import REGIME_CODES, REGIMES, kind_of_regime, regime_line
from regimes.trend import TREND_DAYS
from regimes.volatility import LEAST_DAYS

WHY_UNKNOWN = {
    "trend": f"fewer than {TREND_DAYS} closes were known",
    "volatility": f"fewer than {LEAST_DAYS} volatilities were known",
    "markov": "the model fitted for them found no two states that last",
}

DONE = {"out": "kept strategies out of the market", "half": "halved the weights of strategies"}
"""What each of `choices.REGIME_ACTIONS` did."""


def notes_on_regimes(market: pd.DataFrame, regime_filter: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return a line on each kind of regime that was not known every test day, and on what each filter did.

    Parameters
    ----------
    market : DataFrame
        As `market_for` makes it: with a line for each kind that was asked for.
    regime_filter : iterable of (regime, action)
        As `Config` has it.
    """
    test = market.loc[market["predicted_return"].first_valid_index() :]
    return (*_unknown(test), *_filtered(test, regime_filter))


def _unknown(test: pd.DataFrame) -> Iterator[str]:
    for kind in (kind for kind in REGIMES if regime_line(kind) in test):
        days = int(test[regime_line(kind)].isna().sum())
        if days:
            yield (
                f"{kind} regime: unknown on {days} of {len(test)} test days, as {WHY_UNKNOWN[kind]};"
                " no filter applies on such a day"
            )


def _filtered(test: pd.DataFrame, regime_filter: Iterable[tuple[str, str]]) -> Iterator[str]:
    for regime, action in regime_filter:
        days = int((test[regime_line(kind_of_regime(regime))] == REGIME_CODES[regime]).sum())
        yield f"regime filter: {regime} {DONE[action]} at {days} of {len(test)} closes"
