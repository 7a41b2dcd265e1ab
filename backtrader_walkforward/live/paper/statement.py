"""The statement after a session: the accounts, their orders for the next session, and the verdict on the record.

Prices and shares are in today's units.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.evaluation.result import DIGITS
from backtrader_walkforward.live.orders import BEST_FIRST, ORDERS_NOTE, order_text, shares_text
from backtrader_walkforward.live.outlook import Outlook
from backtrader_walkforward.live.paper.corporate_actions import rows_of
from backtrader_walkforward.live.paper.session import Session
from backtrader_walkforward.live.paper.significance import forecasts_of, significance_of_ledger
from backtrader_walkforward.live.paper.trading import with_actions
from backtrader_walkforward.live.stop_orders import resting_levels, resting_text, stops_of, stops_text
from backtrader_walkforward.reports.formatting import number, percent, price, readable_date
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.variant_names import name_text, shares_in
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Strategy", "Type", "Equity", "Return", "Shares", "Weight", "Order")

MOST_FILLS = 24
"""Fills that are shown; the ledger has all."""


def show_statement(session: Session, terminal: Terminal) -> None:
    """Print the market, the accounts with their orders, the new fills, the verdict and the notes."""
    outlook, whole = outlook_of(session), session.stages.settings.trading.whole_shares
    close = outlook.close
    cells = [
        (
            *(name_text(name), kind, number(equity), percent(total_return)),
            *(shares_text(position, close, whole), percent(weight), order_text(order, close, whole)),
        )
        for name, kind, equity, total_return, position, weight, order in accounts_of(session).itertuples(index=False)
    ]
    terminal.says("", *outlook.text(), *summary_lines(session), "")
    terminal.figures(HEADINGS, cells, words=2)
    terminal.says("", *notes_of(session), *actions_text(session), *fills_text(session))
    terminal.says("", *significance_lines(session))
    terminal.says(*(f"Note: {note}" for note in session.notes))


def outlook_of(session: Session) -> Outlook:
    """Return the outlook at the last close."""
    settings, factor = session.stages.settings, session.price_factor
    forecasts = forecasts_of(session.comparison, session.tables, session.stages)
    return Outlook.of(session.prices, session.tables.signals, forecasts, settings, factor)


def accounts_of(session: Session) -> pd.DataFrame:
    """Return the accounts of each variant in sum and their order, the best first (`order_of`), buy & hold last.

    The columns are `name`, `type`, `equity` at the last close, `total_return` since the first day, `position` (shares
    held, below 0 short), `target_weight` (share of the equity to hold) and `order_shares` (to buy, below 0 to sell),
    which the broker sizes again with the price of the fill.
    """
    tables, factor = session.tables, session.price_factor
    held, ordered = (table[table["day"] == session.days[-1]] for table in (tables.positions, tables.orders))
    held = held.assign(target=held["weight"] * held["equity"]).groupby("variant")[["shares", "equity", "target"]].sum()
    accounts = pd.DataFrame(
        [
            (result.name, result.kind, result.equity.iloc[-1], result.metrics.total_return)
            for result in (*order_of(session.comparison)[0], session.comparison.benchmark)
        ],
        columns=["name", "type", "equity", "total_return"],
    ).set_index("name")
    weights = (held["target"] / accounts["equity"]).where(accounts["equity"] > 0, 0.0)
    orders = ordered.groupby("variant")["shares"].sum().reindex(accounts.index, fill_value=0.0) / factor
    return accounts.assign(position=held["shares"] / factor, target_weight=weights, order_shares=orders).reset_index()


def order_of(comparison: Comparison) -> tuple[Sequence[BacktestResult], str]:
    """Return the variants, the best first, and a sentence on their order: without any Sharpe ratio, by return."""
    ranked = comparison.ranked
    if any(result.metrics.sharpe is not None for result in ranked):
        return ranked, BEST_FIRST
    if not any(result.metrics.total_return for result in ranked):
        return ranked, "Before the first returns the names are in alphabetical order."
    by_return = sorted(ranked, key=lambda result: -round(result.metrics.total_return, DIGITS))
    return by_return, "The highest return comes first: there is no Sharpe ratio yet."


def summary_lines(session: Session) -> Iterator[str]:
    """Yield the length of the record and what the session added, and how much of it is late."""
    added = int(session.new.signals.index.isin(session.days).sum())
    recorded = "the last one recorded now" if added else "nothing new to record"
    missed = f", with {pluralize(added - 1, 'missed session')} before it" if added > 1 else ""
    opened, sessions = readable_date(session.days[0]), len(session.days) - 1
    since = f"{pluralize(sessions, 'session')} since {opened}" if sessions else f"opened on {opened}"
    yield f"Ledger:       {since}, {recorded}{missed}"
    if late := int(session.late.sum()):
        last = ", the last one among them," if session.late.iloc[-1] else ""
        forecasts = pluralize(len(session.days), "forecast")
        yield f"Late:         {late} of {forecasts}{last} recorded after the next session had opened"


def notes_of(session: Session) -> Iterator[str]:
    """Yield the lines that explain the table, and those on stops."""
    settings, variants = session.stages.settings, session.stages.variants[:-1]
    at_close = "Orders fill at the close that they are computed from (--fill close). A real order cannot do this."
    yield f"{order_of(session.comparison)[1]} {at_close if settings.trading.fill == 'close' else ORDERS_NOTE}"
    yield from stops_text({variant.name: stops_of(variant, settings) for variant in variants})
    yield from resting_text(resting_of(session))


def resting_of(session: Session) -> dict[str, dict[str, float]]:
    """Return the prices at which stops rest now, by variant and kind."""
    stages, factor = session.stages, session.price_factor
    signals = with_actions(session.tables.signals, session.tables.actions)
    levels = resting_levels(signals, stages.variants[:-1], stages.settings)
    return {name: {kind: level * factor for kind, level in own.items()} for name, own in levels.items()}


def actions_text(session: Session) -> Iterator[str]:
    """Yield the dividends and splits that became known in this session, a line each."""
    for action in rows_of(session.new.actions):
        yield f"{action.text[0].upper()}{action.text[1:]}"


def fills_text(session: Session) -> Iterator[str]:
    """Yield the fills that became known in this session, a line each."""
    factor, whole = session.price_factor, session.stages.settings.trading.whole_shares
    close = session.tables.signals["Close"].iloc[-1] * factor
    fills = session.new.fills.sort_values("day", kind="stable").to_dict("records")
    if fills:
        yield ""
    if len(fills) > MOST_FILLS:
        yield f"{number(len(fills), 0)} fills became known. These are the latest:"
    for fill in fills[-MOST_FILLS:]:
        order = order_text(fill["size"] / factor, close, whole)
        part = f", {fill['account']} part" if shares_in(fill["variant"]) else ""
        yield (
            f"Filled on {readable_date(fill['day'])}: {name_text(fill['variant'])}{part}, {order}"
            f" at {price(fill['price'] * factor)}, commission {number(fill['commission'])}"
        )


def significance_lines(session: Session) -> Iterator[str]:
    """Yield the verdict on the record and its warnings."""
    significance = significance_of_ledger(session.comparison, session.tables, session.stages)
    yield from significance.verdict.splitlines()
    yield from (f"Warning: {warning}" for warning in significance.warnings)
