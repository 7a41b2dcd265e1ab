"""`runner.py --signal`: the stages of a run up to its verdict, and the ticket for the next session."""

from concurrent.futures import Executor
from datetime import datetime

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.live.ticket.freshness import require_fresh
from backtrader_walkforward.live.ticket.order_ticket import Ticket, age_of, rows_of
from backtrader_walkforward.live.ticket.resting_stops import stops_of
from backtrader_walkforward.live.ticket.ticket_json import write_ticket
from backtrader_walkforward.live.ticket.ticket_text import show_ticket
from backtrader_walkforward.regimes import regimes_at_last
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.study import Stages
from backtrader_walkforward.study.backtests import BacktestRun, notes_of, run_variants
from backtrader_walkforward.study.forecasts import ForecastStage, make_forecasts, prices_of
from backtrader_walkforward.study.progress import BacktestStarted, Progress
from backtrader_walkforward.study.terminal_progress import TerminalProgress
from backtrader_walkforward.study.trials import assess, record_trials
from backtrader_walkforward.system.processes import process_pool


def run_signal(settings: Settings, *, position: float | None = None, now: datetime | None = None) -> None:
    """Print the ticket for the next session and write it to `signals/` under `settings.report.out`.

    Parameters
    ----------
    position : float, optional
        Shares held now, negative for a short position; none if left out.
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
    terminal = Terminal(quiet=settings.report.quiet)
    check_writable(settings.report.out, ["signals"])
    with process_pool(settings.machine.workers) as pool, TerminalProgress(terminal) as progress:
        ticket = make_ticket(settings, position or 0.0, pool, progress, now or datetime.now().astimezone())
    show_ticket(ticket, terminal)
    terminal.says("", f"Ticket: {write_ticket(ticket, settings.report.out)}")


def make_ticket(
    settings: Settings, position: float, executor: Executor | None, progress: Progress, now: datetime
) -> Ticket:
    """Go from the prices to the ticket."""
    stages = Stages.of(settings)  # first: an unknown name is refused before anything is fetched
    prices = prices_of(settings, progress, now=now, refresh=True)
    require_fresh(prices, settings, now)
    forecasts = make_forecasts(prices, stages, executor, progress)

    progress(BacktestStarted(len(stages.variants) - 1, settings.trading.capital))
    own = forecasts.by_seed[settings.forecast.seed]
    backtest = run_variants(prices, forecasts.features, own, stages)
    trials = record_trials({settings.forecast.seed: backtest}, stages, prices, as_counted(settings))
    significance = assess(backtest.comparison, forecasts.summary, trials, settings)
    notes = (*trials.notes, *notes_of(backtest, stages))
    return ticket_of(stages, prices.with_notes(*notes), forecasts, backtest, significance, position)


def as_counted(settings: Settings) -> Settings:
    """Return the settings by which a ticket is counted: what changes by the session is no choice, and no other trial.

    That is what the account is worth, the day, and what a file holds by then. A trial names the origin of its prices,
    whatever `source` says.
    """
    return settings.replace(capital=Settings().trading.capital, end=None, csv=None, source="auto")


def ticket_of(
    stages: Stages,
    prices: Prices,
    forecasts: ForecastStage,
    backtest: BacktestRun,
    significance: Significance,
    position: float,
) -> Ticket:
    """Put what the stages left into a ticket."""
    settings, close = stages.settings, float(prices.frame["Close"].iloc[-1])
    table, following = forecasts.by_seed[settings.forecast.seed].table, forecasts.summary.next_session
    return Ticket(
        ticker=prices.ticker,
        source=prices.source,
        last_date=prices.frame.index[-1].date(),
        close=close,
        predicted_return=following["predicted_return"],
        predicted_close=following["predicted_close"],
        model=age_of(table, pd.DatetimeIndex(prices.frame.index), settings.forecast.retrain_every),
        regimes=regimes_at_last(backtest.signals),
        capital=settings.trading.capital,
        position=position,
        whole_shares=settings.trading.whole_shares,
        rows=rows_of(
            backtest.comparison.ranked,
            {variant.name: variant.active_share for variant in stages.variants[:-1]},
            close=close,
            capital=settings.trading.capital,
            position=position,
            whole_shares=settings.trading.whole_shares,
        ),
        stops={variant.name: stops_of(variant.strategy, settings) for variant in stages.variants[:-1]},
        significance=significance,
        forecast_verdict=forecasts.summary.skill.verdict,
        data_sha256=prices.sha256,
        settings=settings.of_the_result(),
        notes=prices.notes,
    )
