"""The chain of a panel: prices, forecasts, a study a ticker, books, verdict. It computes and returns."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import ArgumentError, UserError
from backtrader_walkforward.panel.executors import panel_executor, portable
from backtrader_walkforward.panel.fetching import load_all
from backtrader_walkforward.panel.pooled import pooled_tasks
from backtrader_walkforward.panel.progress import PanelProgress, TickerEnded, silent
from backtrader_walkforward.panel.result import PanelResult, panel_result
from backtrader_walkforward.panel.studies import Studies, StudyKeys
from backtrader_walkforward.panel.ticker_study import TickerTask, outcome_of
from backtrader_walkforward.panel.universe import settings_of_tickers, with_universe
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.progress import StageStarted
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.text import pluralize
from backtrader_walkforward.trading.variants import chosen_strategies

SUBMITTED = 64
"""Most tasks that wait for an executor or are at work there: each holds the prices of its ticker."""

Loaded = Iterator[tuple[str, Prices | UserError]]
Tasks = Iterator[tuple[str, TickerTask | UserError]]


def panel(
    tickers: str | Sequence[str] | None = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: PanelProgress = silent,
    **values: Any,
) -> PanelResult:
    """Study many tickers, trade them in one book, and judge all of it by one verdict.

    ::

        result = wf.panel(["AAPL", "MSFT", "JPM"], period=3650, predictor="ridge", model="pooled")
        result.verdict, result.books, result["AAPL"].table

    Nothing is printed, and no file is written but to the user's cache and ledger of trials. A ticker that fails is
    named in `result.failed` and stops no other.

    Parameters
    ----------
    tickers : sequence of str, or str with commas, optional
        Symbols as Yahoo writes them, or `@FILE`. Not needed with `csv_folder`.
    settings : Settings, optional
        Settings to begin with; the defaults if left out.
    executor : Executor, optional
        Processes for the tasks: anything with the interface of `concurrent.futures.Executor`, such as
        `client.get_executor()` of Dask. Left out, `workers` processes are started and ended here.
    progress : callable, optional
        Function of one event (`panel.progress`).
    **values
        Settings by their names. The options of the command have the same names.

    Raises
    ------
    UserError
        If no ticker gives a result. Its text says what to do.
    """
    if not (executor is None or hasattr(executor, "submit")):
        raise ArgumentError(f"executor must have the method submit: {executor!r} - give client.get_executor(), or None")
    named = {} if tickers is None else {"tickers": tickers}
    chosen = settings.replace(**named, **values) if settings else Settings.of(**named, **values)
    machine = chosen.machine.workers, chosen.panel.dask
    with panel_executor(*machine) if executor is None else nullcontext(executor) as pool:
        return run_panel(chosen, pool, progress)


def run_panel(
    settings: Settings,
    executor: Executor | None = None,
    progress: PanelProgress = silent,
    *,
    now: datetime | None = None,
) -> PanelResult:
    """Go from the settings to the result; without an executor all work is done in this process."""
    settings = with_universe(settings)
    sizing, ranking = chosen_strategies(settings.trading.strategies)
    members = settings_of_tickers(settings, sizing)
    stages = Stages.of(next((one for one in members.values() if isinstance(one, Settings)), Settings()))
    progress(StageStarted("Panel", f"{pluralize(len(members), 'ticker')}, {settings.panel.model} model"))
    studies, failed = Studies.of(settings), {}
    loaded = load_all(members, now=now)
    tasks = (
        pooled_tasks(loaded, stages, executor, progress)
        if settings.panel.model == "pooled"
        else own_tasks(loaded, stages.settings)
    )
    for ticker, fault, stored in study_all(tasks, studies, StudyKeys(stages), executor):
        if fault:
            failed[ticker] = fault
        progress(TickerEnded(ticker, len(members), fault, stored))
    if not studies:
        ticker, fault = min(failed.items())
        raise UserError(f"no ticker of the panel could be studied; {ticker}: {fault}")
    progress(StageStarted("Book", f"{pluralize(len(studies), 'ticker')} in one account"))
    return panel_result(settings, studies, dict(sorted(failed.items())), ranking)


def own_tasks(loaded: Loaded, members: Mapping[str, Settings]) -> Tasks:
    """Yield the task of each ticker as its prices are loaded."""
    for ticker, prices in loaded:
        yield ticker, prices if isinstance(prices, UserError) else TickerTask(members[ticker], prices)


def study_all(
    tasks: Tasks, studies: Studies, keys: StudyKeys, executor: Executor | None
) -> Iterator[tuple[str, str, bool]]:
    """Study each ticker, and store each study as soon as it ends; yield its ticker, its fault, and if it was stored."""
    waiting: dict[Future[bytes | str], tuple[str, str]] = {}

    def ended(ticker: str, key: str, outcome: bytes | str) -> tuple[str, str, bool]:
        if isinstance(outcome, str):
            return ticker, outcome, False
        studies.store(ticker, key, outcome)
        return ticker, "", False

    def ended_ones(at_most: int) -> Iterator[tuple[str, str, bool]]:
        while len(waiting) > at_most:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (ended(*waiting.pop(future), future.result()) for future in done)

    try:
        for ticker, task in tasks:
            if isinstance(task, UserError):
                yield ticker, str(task), False
            elif studies.find(ticker, key := keys.key(task)):
                yield ticker, "", True
            elif executor is None:
                yield ended(ticker, key, outcome_of(task))
            else:
                waiting[executor.submit(portable(outcome_of), task)] = ticker, key
                yield from ended_ones(SUBMITTED - 1)
        yield from ended_ones(0)
    finally:
        for future in waiting:
            future.cancel()
