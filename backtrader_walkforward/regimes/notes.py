"""Notes on the regimes of a run."""

from collections.abc import Mapping, Sequence

import pandas as pd

from backtrader_walkforward.regimes.compute import LEAST_DAYS, TREND_DAYS
from backtrader_walkforward.settings.choices import REGIME_CODES, REGIMES, UNKNOWN_REGIME, kind_of_regime, regime_line

Rules = Sequence[tuple[str, str]]
"""The action of a filter in each regime."""

WHY_UNKNOWN = {
    "trend": f"fewer than {TREND_DAYS} closes were known",
    "volatility": f"fewer than {LEAST_DAYS} volatilities were known",
    "markov": "their model has no two lasting states",
}

ACTIONS = {"out": "kept active accounts out of the market", "half": "halved the weights of active accounts"}
"""The effect of each of `choices.REGIME_ACTIONS`."""


def notes_on_regimes(signals: pd.DataFrame, filters: Mapping[str, Rules]) -> tuple[str, ...]:
    """Return a note on each kind of regime that is unknown on some test days, and on each rule of a filter.

    `build_signals` makes `signals`. `filters` holds the run's filter under an empty name, and those of strategies under
    theirs.
    """
    test, notes = signals.loc[signals["predicted_return"].first_valid_index() :], []
    for kind in (kind for kind in REGIMES if regime_line(kind) in test):
        days = int(test[regime_line(kind)].isna().sum())
        if days:
            unknown = f"{kind} regime: unknown on {days} of {len(test)} test days, because {WHY_UNKNOWN[kind]}"
            notes.append(f"{unknown}; no filter applies on such a day")
    for owner, regime, action in ((owner, *rule) for owner, rules in filters.items() for rule in rules):
        name = f"regime filter of {owner}" if owner else "regime filter"
        days = int((test[regime_line(kind_of_regime(regime))] == REGIME_CODES[regime]).sum())
        notes.append(f"{name}: {regime} {ACTIONS[action]} at {days} of {len(test)} closes")
    return tuple(notes)


def regimes_at_last(signals: pd.DataFrame) -> dict[str, str]:
    """Return the regime at the last close by kind; `unknown` where it is not known. `build_signals` makes `signals`."""
    codes = {kind: signals[regime_line(kind)].iloc[-1] for kind in REGIMES if regime_line(kind) in signals}
    return {kind: dict(enumerate(REGIMES[kind])).get(code, UNKNOWN_REGIME) for kind, code in codes.items()}
