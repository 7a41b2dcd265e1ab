"""A filter that reduces the target weight in named market regimes."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from reprlib import repr as short_repr

import backtrader as bt

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.checks import check_regime_filter
from backtrader_walkforward.settings.choices import (
    REGIME_ACTIONS,
    REGIME_CODES,
    kind_of_regime,
    regime_line,
)


class RegimeFilter:
    """Multiplies a target weight by 0 (`out`) or 1/2 (`half`) on days that are in a named regime.

    ::

        RegimeFilter({"downtrend": "out", "high_volatility": "half"})

    On a day that is in several of them the smallest factor counts. A day whose regime is not known, NaN in its line, is
    in none.

    Parameters
    ----------
    rules : mapping of str to {"out", "half"}, or iterable of such pairs
        What to do, by the regime's name.
    label : str
        Its name in errors.

    Raises
    ------
    ArgumentError
        If `rules` are neither of the two, a regime or an action is unknown, or a regime is named twice.
    """

    def __init__(self, rules: Mapping[str, str] | Iterable[tuple[str, str]] = (), label: str = "regime_filter"):
        try:
            pairs = [(regime, action) for regime, action in (rules.items() if isinstance(rules, Mapping) else rules)]
        except (TypeError, ValueError) as error:
            raise ArgumentError(
                f"{label} must say what to do by regime, as in {{'downtrend': 'out'}}: {short_repr(rules)}"
            ) from error
        check_regime_filter(label, pairs)
        self.rules = pairs

    def __bool__(self) -> bool:
        """Tell whether it has a rule."""
        return bool(self.rules)

    @property
    def kinds(self) -> set[str]:
        """Kinds of regime that its rules name."""
        return {kind_of_regime(regime) for regime, _ in self.rules}

    def applied(self, weight: float, data: bt.DataBase) -> float:
        """Return the weight times the smallest factor at the close of the current bar."""
        factors = [factor for line, code, factor in self._factors if getattr(data, line)[0] == code]
        return weight * min(factors) + 0.0 if factors else weight  # -0.0 + 0.0 is 0.0

    @cached_property
    def _factors(self) -> list[tuple[str, float, float]]:
        return [
            (regime_line(kind_of_regime(regime)), REGIME_CODES[regime], REGIME_ACTIONS[action])
            for regime, action in self.rules
        ]
