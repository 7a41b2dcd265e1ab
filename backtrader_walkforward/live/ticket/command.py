"""`runner.py --signal`: the stages of a run up to its verdict, and the ticket for the next session."""

from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.forecasting import ensemble_members
from backtrader_walkforward.live.ticket.freshness import require_fresh
from backtrader_walkforward.live.ticket.order_ticket import Ticket, age_of, rows_of
from backtrader_walkforward.live.ticket.resting_stops import stops_of
from backtrader_walkforward.live.ticket.ticket_json import write_ticket
from backtrader_walkforward.live.ticket.ticket_text import show_ticket
from backtrader_walkforward.regimes import regimes_at_last
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.study import (
    BacktestRun,
    ForecastStage,
    assessed,
    make_forecasts,
    notes_of,
    prices_of,
    record_trials,
    run_variants,
)
from backtrader_walkforward.system.processes import process_pool
from backtrader_walkforward.trading.variants import Variant, find_strategies, variants_of


def run_signal(config: Config, *, now: datetime | None = None) -> None:
    """Print the ticket for the next session and write it to `signals/` under `config.out`.

    Parameters
    ----------
    now : datetime, optional
        The present in the zone whose clock counts where the exchange's word is unknown (`require_fresh`); this
        machine's by default.

    Raises
    ------
    DataError
        If the prices are not those of the last session, or one is open. Nothing is written then.
    UserError
        If the prices, the settings or a strategy do not allow a result.
    """
    terminal = Terminal(quiet=config.quiet)
    check_writable(config.out, ["signals"])
    with process_pool(config.workers) as pool:
        ticket = make_ticket(config, pool, terminal, now or datetime.now().astimezone())
    show_ticket(ticket, terminal)
    terminal.says("", f"Ticket: {write_ticket(ticket, config.out)}")


def make_ticket(config: Config, pool: Executor | None, terminal: Terminal, now: datetime) -> Ticket:
    """Go from prices to the ticket, a stage a line."""
    variants = variants_of(find_strategies(config.strategies))
    ensemble_members(config)  # whose names may be unknown: better said before anything is fetched

    prices = prices_of(config, terminal, now=now, refresh=True)
    require_fresh(prices, config, now)
    foreseen = make_forecasts(prices, config, pool, terminal)

    terminal.stage("Backtest", f"{len(variants)} variants and buy & hold, {config.capital:,.0f} each")
    game = run_variants(prices, foreseen.features, foreseen.by_seed[config.seed], variants, config)
    tried = record_trials({config.seed: game}, variants, prices, as_counted(config))
    notes = (*tried.notes, *notes_of(game, variants, config))
    significance = assessed(game.comparison, foreseen.summary, tried, config)
    return ticket_of(config, prices.with_notes(*notes), foreseen, game, variants, significance)


def as_counted(config: Config) -> Config:
    """Return the settings by which a ticket is counted: what changes by the session is no choice, and no other trial.

    That is what the account is worth, the day, and what a file holds by then. A trial names the origin of its prices,
    whatever `source` says.
    """
    return replace(config, capital=Config.capital, end=None, csv=None, source="auto")


def ticket_of(
    config: Config,
    prices: Prices,
    foreseen: ForecastStage,
    game: BacktestRun,
    variants: list[Variant],
    significance: Significance,
) -> Ticket:
    """Put what the stages left into a ticket."""
    close, position = float(prices.frame["Close"].iloc[-1]), config.position or 0.0
    forecasts, following = foreseen.by_seed[config.seed].table, foreseen.summary.next_session
    return Ticket(
        ticker=prices.ticker,
        source=prices.source,
        last_date=prices.frame.index[-1].date(),
        close=close,
        predicted_return=following["predicted_return"],
        predicted_close=following["predicted_close"],
        model=age_of(forecasts, pd.DatetimeIndex(prices.frame.index), config.retrain_every),
        regimes=regimes_at_last(game.signals),
        capital=config.capital,
        position=position,
        whole_shares=config.whole_shares,
        rows=rows_of(
            game.comparison.ranked,
            {variant.name: variant.active_share for variant in variants},
            close=close,
            capital=config.capital,
            position=position,
            whole_shares=config.whole_shares,
        ),
        stops={variant.name: stops_of(variant.strategy, config) for variant in variants},
        significance=significance,
        forecast_verdict=foreseen.summary.skill.verdict,
        data_sha256=prices.sha256,
        config=config.of_the_result(),
        notes=prices.notes,
    )
