"""When an account traded, in words: one that changes its position and never closes it has no closed trade to show."""

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.reports.formatting import count, readable_date
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.settings.variant_names import name_text, shares_in
from backtrader_walkforward.system.text import pluralize

HELD = "passive"
"""Account of a hybrid that buys once and holds."""


def fills_text(result: BacktestResult) -> str:
    """Return how often an account bought and sold, first and last when; nothing for one without a fill.

    Of a hybrid it is what its strategy traded: the part that is bought once and held says nothing about it.
    """
    fills = own_fills(result)
    if fills.empty:
        return ""
    sides = {"bought": int((fills["size"] > 0).sum()), "sold": int((fills["size"] < 0).sum())}
    traded = " and ".join(f"{side} {times(number)}" for side, number in sides.items() if number)
    first, last = (readable_date(day) for day in (fills["date"].min(), fills["date"].max()))
    when = f"first on {first} and last on {last}" if len(fills) > 1 else f"on {first}"
    lead = "Beside the part that is bought and held, " if shares_in(result.name) else ""
    never = " It never closed a position." if result.trades.empty else ""
    return f"{lead}{name_text(result.name)} {traded} in the whole test, {when}.{never}"


def never_closed(result: BacktestResult) -> dict[str, tuple[str, html.Html]]:
    """Return the figure to see of an account that traded and closed nothing, by its name; none of any other."""
    fills = own_fills(result)
    if fills.empty or not result.trades.empty:
        return {}
    days = dict.fromkeys(readable_date(day) for day in (fills["date"].min(), fills["date"].max()))
    span = " to ".join(html.element("span", day, kind="day") for day in days)
    return {"Its closed trades": ("none", html.Html(f"{pluralize(len(fills), 'fill')}, {span}"))}


def own_fills(result: BacktestResult) -> pd.DataFrame:
    """Return the fills of an account; of a hybrid, those of the part that its strategy trades."""
    fills = result.fills
    return fills[fills["account"] != HELD] if shares_in(result.name) else fills


def times(number: int) -> str:
    """Return how often, in words.

    >>> times(1), times(1200)
    ('once', '1,200 times')
    """
    return {1: "once", 2: "twice"}.get(number, f"{count(number)} times")
