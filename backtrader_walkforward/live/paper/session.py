"""One evening of paper trading: go on from what is recorded to the last bar there is, and record that."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.features import compute_features, warm_up
from backtrader_walkforward.forecasting import ForecastStore, WalkForward, forecast, members_of, walk_forward_of
from backtrader_walkforward.forecasting.folds import usable_rows
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.forecasting.walk_forward_forecast import OnFold
from backtrader_walkforward.live.paper.account_tables import Books, books_of, first_change
from backtrader_walkforward.live.paper.ledger import Ledger, LedgerError
from backtrader_walkforward.live.paper.ledger_settings import (
    ANOTHER,
    opening_of,
    require_same_source,
    require_same_terms,
    strategies_left_out,
    variants_in,
)
from backtrader_walkforward.live.paper.price_adjustment import continued
from backtrader_walkforward.live.paper.record import Opening, Record
from backtrader_walkforward.live.ticket.freshness import require_fresh
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.signals import market_for
from backtrader_walkforward.trading.variants import BENCHMARK, Variant


@dataclass(frozen=True)
class Means:
    """What an evening may use to make its forecasts; none of it changes them."""

    pool: Executor | None = None
    store: ForecastStore | None = None
    on_fold: OnFold | None = None


@dataclass(frozen=True)
class Evening:
    """What the ledger holds when an evening has ended.

    Attributes
    ----------
    opening : Opening
    books : Books
        All of them; `new` is what this evening added.
    comparison : Comparison
        The accounts' results from the first day on.
    scale : float
        Today's price of what the ledger has at 1.
    prices : Prices
        As they are now.
    notes : tuple of str
    """

    opening: Opening
    books: Books
    new: Books
    comparison: Comparison
    scale: float
    prices: Prices
    notes: tuple[str, ...] = ()


def hold_evening(config: Config, ledger: Ledger, means: Means, *, now: datetime | None = None) -> Evening:
    """Bring the ledger up to the last bar there is and return what it then holds; the first evening opens it.

    Nothing is written where there is no bar that it lacks. Where another process records the evening meanwhile, its
    record is taken: it is the same.

    Parameters
    ----------
    now : datetime, optional
        The present in the zone whose clock counts where the exchange's word is unknown (`require_fresh`); this
        machine's by default.

    Raises
    ------
    UserError
        If the ledger, the prices or a strategy do not allow it. Nothing is written then.
    """
    now = now or datetime.now().astimezone()
    recorded = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    while True:
        record = ledger.read()
        evening = first_evening(config, means, now) if record is None else next_evening(record, config, means, now)
        number = 0 if record is None else len(record.evenings)
        if evening.new.market.empty or ledger.append(
            evening.opening, evening.new, scale=evening.scale, recorded=recorded, after=number
        ):
            return evening


def first_evening(config: Config, means: Means, now: datetime) -> Evening:
    """Return the evening that opens a ledger: `config.period` days of history, and the first order at its last bar."""
    rows = warm_up(config.timeframes)
    prices = load_prices(config, warm_up=rows, now=now, anew=True)
    require_fresh(prices, config, now)
    require_rows(prices.frame, config.lookback + MIN_TRAIN_WINDOWS + 1 + rows, "ask for a longer --period")
    opening = opening_of(config, prices)
    variants, today = variants_in(opening, config), prices.frame.index[-1]
    market = market_of_evenings(prices.frame, today, today, variants, config, means)
    books, comparison = traded(market, variants, config)
    return Evening(opening, books, books, comparison, 1.0, prices, prices.notes)


def next_evening(record: Record, config: Config, means: Means, now: datetime) -> Evening:
    """Return an evening that goes on from a record; all that it traded is traded again, and must be what it was."""
    require_same_terms(record, config)
    variants = variants_in(record.opening, config)
    prices = prices_since(record.first_day, config, now)
    require_same_source(record, prices)
    require_fresh(prices, config, now)
    market = record.books.market
    today = continued(market[COLUMNS], prices.frame)
    if len(today.bars):
        bars, first_new = pd.concat([market[COLUMNS], today.bars]), today.bars.index[0]
        grown = market_of_evenings(bars, record.paper_day, first_new, variants, config, means)
        market = pd.concat([market, grown.loc[first_new:]])
    books, comparison = traded(market, variants, config)
    require_unchanged(record.books, books, config)
    notes = (*prices.notes, *today.notes, *strategies_left_out(record.opening, config))
    return Evening(record.opening, books, books.after(record.books), comparison, today.scale, prices, notes)


def prices_since(first_day: pd.Timestamp, config: Config, now: datetime) -> Prices:
    """Return the prices from a ledger's first bar on; as `load_prices` has it, today is that of UTC."""
    days = ((config.end or now.astimezone(UTC).date()) - first_day.date()).days + 1
    prices = load_prices(replace(config, period=days), warm_up=0, now=now, anew=True)
    return replace(prices, frame=prices.frame.loc[first_day:])


def market_of_evenings(
    bars: pd.DataFrame,
    first_traded: pd.Timestamp,
    first_new: pd.Timestamp,
    variants: list[Variant],
    config: Config,
    means: Means,
) -> pd.DataFrame:
    """Return the market with the forecasts of the days from `first_new` on; earlier ones are NaN where not made anew.

    The walk-forward is anchored: its first test row is the first day that was traded, so that a forecast made on a
    later evening is the one that would have been made on its own.
    """
    features = compute_features(bars, config.timeframes)
    usable = features.index[usable_rows(features)]
    walk_forward = anchored(walk_forward_of(config), *usable.searchsorted([first_traded, first_new]))
    made = forecast(bars["Close"], features, members_of(config), walk_forward, means.pool, means.on_fold, means.store)
    return market_for(bars, features, made.table.reindex(bars.index[bars.index >= first_traded]), config, variants)


def anchored(walk_forward: WalkForward, first_test: int, first_new: int) -> WalkForward:
    """Return the walk-forward that begins with row `first_test`; of it the folds from that of row `first_new` on."""
    fold = (first_new - first_test) // walk_forward.retrain_every
    begins_with = walk_forward.begins_with(fold)
    return replace(walk_forward, first_test=int(first_test), first_fold=fold if begins_with is None else begins_with)


def traded(market: pd.DataFrame, variants: list[Variant], config: Config) -> tuple[Books, Comparison]:
    """Trade the market with all that the ledger trades, and buy & hold."""
    results = run_backtest(market, [*variants, BENCHMARK], config)
    return books_of(market, results, config), Comparison.of(results[:-1], results[-1])


def require_unchanged(recorded: Books, now: Books, config: Config) -> None:
    """Raise unless what was traded before comes out as it was recorded."""
    change = first_change(recorded.positions, now.positions, config.capital)
    if change:
        raise LedgerError(
            f"a strategy no longer does what the ledger recorded: {change} - put its file in strategies/ back as it"
            f" was, or {ANOTHER}"
        )
