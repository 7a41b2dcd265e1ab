"""The trading of the paper accounts by the stages of a study: signals of the sessions, results, and their tables."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import pandas as pd

from backtrader_walkforward.data.prices import rescaled
from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch, running_sum
from backtrader_walkforward.features import complete_days
from backtrader_walkforward.forecasting import Predictor, WalkForward
from backtrader_walkforward.forecasting.fits import OnFold
from backtrader_walkforward.forecasting.handover import handover_of
from backtrader_walkforward.live.orders import orders_for
from backtrader_walkforward.live.paper.corporate_actions import (
    dividends_per_share,
    growth_of,
    shares_for_one,
)
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.live.paper.record import AccountTables
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache

ACTIVE = "active"


@dataclass(frozen=True)
class ForecastResources:
    """Processes, cache and progress for the forecasts of a session; none of them changes a forecast."""

    executor: Executor | None = None
    cache: Cache | None = None
    on_fold: OnFold | None = None


def signals_of_sessions(
    bars: pd.DataFrame,
    actions: pd.DataFrame,
    first_traded: pd.Timestamp,
    first_new: pd.Timestamp,
    stages: Stages,
    resources: ForecastResources,
) -> pd.DataFrame:
    """Return the signals with the forecasts of the days from `first_new` on; earlier forecasts may be NaN.

    Bars are as traded; forecasts are made on bars adjusted for dividends, in the units of the first. The walk-forward
    is anchored: its first test row is the first day traded. So a forecast does not depend on the session that makes it.
    """
    growth = growth_of(bars, actions)
    adjusted = rescaled(bars, growth, volume=False)
    features = stages.features(adjusted)
    rows = complete_days(features).searchsorted([first_traded, first_new])
    walk_forward = anchored(stages.walk_forward, stages.members, *rows)
    forecasts = replace(stages, walk_forward=walk_forward).forecasts(
        adjusted, features, resources.cache, resources.executor, resources.on_fold
    )
    table = forecasts.table.reindex(bars.index[bars.index >= first_traded])
    signals = stages.signals(adjusted, features, table)
    return signals.assign(**bars, predicted_close=signals["predicted_close"] / growth)


def anchored(walk_forward: WalkForward, members: Sequence[Predictor], first_test: int, first_new: int) -> WalkForward:
    """Return the walk-forward with the first test row `first_test`, without the folds that no new row needs.

    It begins with the fold of the row `first_new`, or with the latest earlier one in which every member takes over
    nothing.
    """
    fold = int(first_new - first_test) // walk_forward.retrain_every
    while any(follows(member, walk_forward, fold) for member in members):
        fold -= 1
    return replace(walk_forward, first_test=int(first_test), first_fold=fold)


def follows(member: Predictor, walk_forward: WalkForward, fold: int) -> bool:
    """Return whether a fold of a predictor takes over from an earlier one."""
    handover = handover_of(member, walk_forward, fold)
    return handover is not None and handover.earlier is not None


def with_actions(signals: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Return the signals with what the broker needs to know of actions, if there are any.

    The line `dividend` is cash per share on the ex-day, `lot_size` what a share of the day is in shares of the first.
    """
    if actions.empty:
        return signals
    days = signals.index
    return signals.assign(dividend=dividends_per_share(actions, days), lot_size=1 / shares_for_one(actions, days))


def trade(signals: pd.DataFrame, actions: pd.DataFrame, stages: Stages) -> tuple[AccountTables, Comparison]:
    """Trade the signals with all variants of the ledger, and buy & hold."""
    lines = with_actions(signals, actions)
    results = stages.results(lines)
    tables = [table for result in results for table in _positions(result)]
    positions = pd.concat(tables).sort_values("day", kind="stable", ignore_index=True)
    fills = pd.concat([result.fills.assign(number=range(len(result.fills))) for result in results], ignore_index=True)
    fills = fills.rename(columns={"date": "day", "strategy": "variant"})
    orders = _orders(lines, positions, stages.settings)
    return AccountTables(signals, positions, orders, fills, actions), Comparison.of(results[:-1], results[-1])


def require_unchanged(recorded: AccountTables, tables: AccountTables, settings: Settings) -> None:
    """Raise unless the recorded days were traded again with the same equity and weights."""
    keys = ["day", "variant", "account"]
    both = recorded.positions.merge(tables.positions, how="left", on=keys, suffixes=("", "_now"))
    equity = mismatch(both["equity_now"], both["equity"], settings.trading.capital)
    changed = equity | mismatch(both["weight_now"], both["weight"], 1.0)
    if changed.any():
        first = both.assign(other_equity=equity)[changed].sort_values("day", kind="stable").iloc[0]
        name, digits = ("equity", 2) if first["other_equity"] else ("weight", 4)
        before, now = (f"{first[column]:,.{digits}f}" for column in (name, f"{name}_now"))
        raise LedgerError(
            f"a strategy trades differently from the ledger: the {name} of {name_text(first['variant'])} on"
            f" {first['day']:%Y-%m-%d} was {before}, and is {now} now - restore its file in strategies/, or {ANOTHER}"
        )


def _positions(result: BacktestResult) -> Iterator[pd.DataFrame]:
    """Yield the table of each account of a variant, with the shares held after the fills booked by each day."""
    days, fills = result.equity.index, result.booked_fills
    for account in result.accounts:
        own = fills[fills["account"] == account]
        yield pd.DataFrame(
            {
                "day": days,
                "variant": result.name,
                "account": account,
                "shares": running_sum(days.to_numpy(), own["date"], own["size"]),
                "equity": result.accounts[account].to_numpy(),
                "weight": result.weights.to_numpy() if account == ACTIVE else 1.0,
            }
        )


def _orders(signals: pd.DataFrame, positions: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the order from each position to its weight; a passive account orders only on its first day."""
    _, shares = orders_for(
        positions["weight"],
        equity=positions["equity"].clip(lower=0),
        close=positions["day"].map(signals["Close"]),
        held=positions["shares"],
        trading=settings.trading,
        lot=positions["day"].map(signals["lot_size"]) if "lot_size" in signals else 1.0,
    )
    decides = (positions["account"] == ACTIVE) | (positions["day"] == positions["day"].min())
    return positions[["day", "variant", "account"]].assign(shares=shares)[decides & (shares != 0)]
