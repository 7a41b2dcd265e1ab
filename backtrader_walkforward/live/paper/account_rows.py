"""The accounts after a session, a row a variant."""

from collections.abc import Iterable
from dataclasses import dataclass

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.live.paper.session import Session


@dataclass(frozen=True)
class AccountRow:
    """The account of one variant and its order, in shares of today.

    Attributes
    ----------
    name, kind : str
        `kelly_hybrid_70_30` and `30/70 split`.
    equity : float
        At the last close.
    total_return : float
        Since the first day.
    position : float
        Shares held, below 0 short.
    target_weight : float
        Share of the equity to hold, over both accounts of a hybrid.
    order_shares : float
        Shares to buy (above 0) or sell (below 0), computed at the last close; the broker sizes an order again with the
        price of its fill.
    """

    name: str
    kind: str
    equity: float
    total_return: float
    position: float
    target_weight: float
    order_shares: float


def rows_of(session: Session, results: Iterable[BacktestResult]) -> tuple[AccountRow, ...]:
    """Return the row of each variant, the sum of its accounts at the last close."""
    tables, factor = session.tables, session.adjustment_factor
    last = tables.signals.index[-1]
    held = tables.positions[tables.positions["day"] == last]
    held = held.assign(target=held["weight"] * held["equity"]).groupby("variant")[["shares", "equity", "target"]].sum()
    ordered = tables.orders[tables.orders["day"] == last].groupby("variant")["shares"].sum()
    return tuple(
        AccountRow(
            name=result.name,
            kind=result.kind,
            equity=(equity := float(result.equity.iloc[-1])),
            total_return=result.metrics.total_return,
            position=float(held.loc[result.name, "shares"]) / factor,
            target_weight=float(held.loc[result.name, "target"]) / equity if equity > 0 else 0.0,
            order_shares=float(ordered.get(result.name, 0.0)) / factor,
        )
        for result in results
    )
