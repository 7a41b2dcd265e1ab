"""Words for what was not traded: why a variant never did, and which weights were traded otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from backtrader_walkforward.brokers.sizing import LOT_SIZE
from backtrader_walkforward.data.frequency import bars_a_year, name_of_bar
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text, strategy_of
from backtrader_walkforward.system.text import pluralize
from backtrader_walkforward.trading.decisions import Decisions


def why_never_traded(
    weights: pd.Series,
    decisions: Decisions,
    signals: pd.DataFrame,
    settings: Settings,
    *,
    capital: float,
    threshold: float,
) -> str:
    """Return in words why an active account without a fill has none, from what its strategy wanted.

    Parameters
    ----------
    weights : Series
        Target weight at each close, as it was ordered.
    decisions : Decisions
        What the strategy decided and did not get.
    signals : DataFrame
        Bars and forecasts.
    capital : float
        Cash of the account.
    threshold : float
        Predicted return that a signal of the strategy must exceed.
    """
    wanted = weights[weights != 0]
    if wanted.empty:
        bar = name_of_bar(bars_a_year(pd.DatetimeIndex(signals.index)))
        return " and ".join(_withheld(decisions, bar)) or _no_weight(decisions, signals["predicted_return"], threshold)
    if wanted.index[0] == weights.index[-1]:
        return "it first wanted a position at the last close, and no bar follows"
    value = wanted.abs() * capital
    if settings.trading.whole_shares and (value < (share := _share_price(signals)[wanted.index])).all():
        dearest = f"it never wanted more than {value.max():,.2f}, and a share costs {share.min():,.2f} or more"
        return f"{dearest}: raise --capital, or leave out --whole-shares"
    if value.max() < settings.trading.min_order:
        return f"its largest order was of {value.max():,.2f}, and --min-order is {settings.trading.min_order:,.2f}"
    return "none of its orders could be filled with its cash"


def _withheld(decisions: Decisions, bar: str) -> Iterator[str]:
    """Yield what took the weights that the strategy decided."""
    if decisions.filtered:
        yield f"the regime filter took all its weights, on {pluralize(len(decisions.filtered), bar)}"
    if decisions.short:
        yield f"its weight was below 0 on {pluralize(len(decisions.short), bar)}, and there are no short positions"


def _no_weight(decisions: Decisions, predicted: pd.Series, threshold: float) -> str:
    """Return why a strategy decided nothing: no forecast was large enough for its signal, or it wanted none."""
    if not decisions.reads_signal:
        return "its target weights were all 0"
    largest, limit = predicted.abs().max(), f"{100 * threshold:.4g}%"
    if largest <= threshold:
        return f"no forecast passed {limit}, and the largest was {100 * largest:.2g}%"
    passed = int((predicted.abs() > threshold).sum())
    return f"its target weights were all 0, although {pluralize(passed, 'forecast')} passed {limit}"


def _share_price(signals: pd.DataFrame) -> pd.Series:
    """Return the close of one share as quoted on the day."""
    return signals["Close"] * signals.get(LOT_SIZE, 1.0)


def notes_on_weights(beyond: Mapping[str, Sequence[tuple[date, float, float]]], bar: str = "day") -> Iterator[str]:
    """Yield a line on each strategy that returned weights beyond 1, from those of each variant by its name.

    A hybrid is not told beside its strategy, which decides alike. `bar` is the name of a bar.
    """
    noted = set()
    for name, weights in beyond.items():
        strategy = strategy_of(name)
        if weights and strategy not in noted:
            noted.add(strategy)
            (day, weight, traded), *others = weights
            later = f" and one beyond 1 on {pluralize(len(others), f'other {bar}')}" if others else ""
            yield (
                f"{name_text(strategy)} returned a target weight of {weight:.6g} on {day:%Y-%m-%d}{later}: {traded:g}"
                " was traded, as a weight lies from -1 to 1 and no account borrows"
            )
