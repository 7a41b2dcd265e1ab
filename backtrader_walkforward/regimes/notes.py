"""What a reader must know of the regimes of a run."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from backtrader_walkforward.regimes.trend import TREND_DAYS
from backtrader_walkforward.regimes.volatility import LEAST_DAYS
from backtrader_walkforward.settings.choices import REGIME_CODES, REGIMES, UNKNOWN_REGIME, kind_of_regime, regime_line

Rules = Sequence[tuple[str, str]]
"""What a filter does, by regime."""

WHY_UNKNOWN = {
    "trend": f"fewer than {TREND_DAYS} closes were known",
    "volatility": f"fewer than {LEAST_DAYS} volatilities were known",
    "markov": "the model fitted for them found no two states that last",
}

DONE = {"out": "kept active accounts out of the market", "half": "halved the weights of active accounts"}
"""What each of `choices.REGIME_ACTIONS` did."""


def notes_on_regimes(signals: pd.DataFrame, filters: Mapping[str, Rules]) -> tuple[str, ...]:
    """Return a line on each kind of regime that was not known every test day, and on what each filter did.

    Parameters
    ----------
    market : DataFrame
        As `build_signals` makes it: with a line for each kind that was asked for.
    filters : mapping of str to pairs of regime and action
        The run's filter under an empty name, and those that strategies have of their own under theirs.
    """
    test = signals.loc[signals["predicted_return"].first_valid_index() :]
    filtered = (note for whose, rules in filters.items() for note in _filtered(test, whose, rules))
    return (*_unknown(test), *filtered)


def regimes_at_last(signals: pd.DataFrame) -> dict[str, str]:
    """Return the regime at the last close, by the kind; `unknown` where it is not known.

    Parameters
    ----------
    market : DataFrame
        As `build_signals` makes it: with a line for each kind that was asked for.
    """
    latest = signals.iloc[-1]
    named = {kind: dict(enumerate(REGIMES[kind])) for kind in REGIMES if regime_line(kind) in signals}
    return {kind: names.get(latest[regime_line(kind)], UNKNOWN_REGIME) for kind, names in named.items()}


def _unknown(test: pd.DataFrame) -> Iterator[str]:
    for kind in (kind for kind in REGIMES if regime_line(kind) in test):
        days = int(test[regime_line(kind)].isna().sum())
        if days:
            yield (
                f"{kind} regime: unknown on {days} of {len(test)} test days, as {WHY_UNKNOWN[kind]};"
                " no filter applies on such a day"
            )


def _filtered(test: pd.DataFrame, whose: str, rules: Rules) -> Iterator[str]:
    named = f"regime filter of {whose}" if whose else "regime filter"
    for regime, action in rules:
        days = int((test[regime_line(kind_of_regime(regime))] == REGIME_CODES[regime]).sum())
        yield f"{named}: {regime} {DONE[action]} at {days} of {len(test)} closes"
