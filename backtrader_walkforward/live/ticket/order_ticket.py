"""What each strategy would do at the next open: the ticket, its rows, and the arithmetic between them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.brokers.sizing import DUST
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.significance import Significance


@dataclass(frozen=True)
class ModelAge:
    """How old the model is whose forecast this is.

    Attributes
    ----------
    fitted : date
        The close at which it was fitted.
    sessions : int
        Sessions since; 1 on the day after.
    until_next : int
        Sessions until the first close whose forecast a new model makes, were the walk to go on from its first day.
    """

    fitted: date
    sessions: int
    until_next: int


@dataclass(frozen=True)
class TicketRow:
    """One variant's order.

    Attributes
    ----------
    name, kind : str
        `kelly_hybrid_70_30` and `30/70 split`.
    target_weight : float
        Share of the whole capital to hold. Of a hybrid: the active share times the active weight, plus the passive
        share, as if the capital were split today.
    target_shares, order_shares : float
        Shares to hold, and to buy (above 0) or sell (below 0) from the present position.
    order_value : float
        Their value at the last close.
    """

    name: str
    kind: str
    target_weight: float
    target_shares: float
    order_shares: float
    order_value: float


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The orders for the next session, seen from the last close.

    `regimes` are those of the last close, by the kinds that were asked for. `capital` is what the account is worth at
    that close, with its `position` (shares; below 0 short). `rows` are in the order of the ranking, `stops` by their
    names: what is to rest for the active part once it has filled. `significance` and
    `forecast_verdict` are what a run says of the same settings, `settings` those that decide its results, `notes`
    warnings of a line each on prices and accounts.
    """

    ticker: str
    source: str
    last_date: date
    close: float
    predicted_return: float
    predicted_close: float
    model: ModelAge
    regimes: Mapping[str, str]
    capital: float
    position: float
    whole_shares: bool
    rows: tuple[TicketRow, ...]
    stops: Mapping[str, Stops]
    significance: Significance
    forecast_verdict: str
    data_sha256: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...]


def rows_of(
    results: Iterable[BacktestResult],
    active_shares: Mapping[str, float],
    *,
    close: float,
    capital: float,
    position: float = 0.0,
    whole_shares: bool = False,
) -> tuple[TicketRow, ...]:
    """Return the order of each result's variant, in the order of the results.

    Target shares are weight x capital / close, with `whole_shares` rounded towards zero. The fill comes at the next
    open: the broker, which sizes there, buys more or less by as much as that differs from the close.

    Parameters
    ----------
    results : iterable of BacktestResult
        Their last weight, decided at the last close, is the target weight of the active account.
    active_shares : mapping of str to float
        Share of the capital that each variant trades, by its name.
    """
    return tuple(
        row_of(
            result.name,
            result.kind,
            whole_weight(float(result.weights.iloc[-1]), active_shares[result.name]),
            close=close,
            capital=capital,
            position=position,
            whole_shares=whole_shares,
        )
        for result in results
    )


def whole_weight(weight: float, active_share: float) -> float:
    """Return the share of the whole capital that the active account's weight and the passive holding make.

    >>> whole_weight(-0.5, 0.5), whole_weight(0.25, 1.0)
    (0.25, 0.25)
    """
    return active_share * weight + (1 - active_share)


def row_of(
    name: str, kind: str, weight: float, *, close: float, capital: float, position: float, whole_shares: bool
) -> TicketRow:
    """Return one order; a difference too small to be more than rounding is none."""
    target = weight * capital / close
    if whole_shares:
        target = float(math.trunc(target * (1 + DUST)))
    order = target - position
    if abs(order) <= DUST * max(abs(target), abs(position)):
        order = 0.0
    return TicketRow(name, kind, weight, target, order, order * close)


def age_of(forecasts: pd.DataFrame, days: pd.DatetimeIndex, retrain_every: int) -> ModelAge:
    """Return the age of the model that made the last forecast.

    Parameters
    ----------
    forecasts : DataFrame
        As `predictors.Forecasts.table`.
    days : DatetimeIndex
        Of all prices: a fold is fitted at the close before its first row.
    retrain_every : int
        Sessions between two fits.
    """
    of_this_fit = forecasts.index[forecasts["fold"] == forecasts["fold"].iloc[-1]]
    fitted = days[days < of_this_fit[0]].max()
    return ModelAge(fitted.date(), len(of_this_fit), retrain_every - len(of_this_fit) + 1)
