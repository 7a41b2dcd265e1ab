"""The chain of a panel: prices, forecasts, a study a ticker, books, verdict. It computes and returns."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime
from typing import Any

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.yahoo.patient_fetch import PatientFetch
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.forecasting import with_typed_parameters
from backtrader_walkforward.panels.assemble import panel_result
from backtrader_walkforward.panels.book import book_variants
from backtrader_walkforward.panels.book.apart import books_apart, books_of
from backtrader_walkforward.panels.pooled import pooled_tasks
from backtrader_walkforward.panels.progress import PanelProgress, TickerEnded, YahooRefused
from backtrader_walkforward.panels.result import PanelResult
from backtrader_walkforward.panels.tasks.executors import panel_executor
from backtrader_walkforward.panels.tasks.fetching import load_all
from backtrader_walkforward.panels.tasks.studies import Studies, StudyKeys
from backtrader_walkforward.panels.tasks.task_queue import TaskQueue
from backtrader_walkforward.panels.tasks.ticker_study import TickerTask
from backtrader_walkforward.panels.universe import settings_of_tickers, with_universe, without_books
from backtrader_walkforward.settings.groups import MODELS
from backtrader_walkforward.settings.parameters import require_running
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.arguments import chosen_settings
from backtrader_walkforward.study.duration import seconds_of_panel
from backtrader_walkforward.study.progress import StageStarted, WorkSized, silent
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.text import pluralize
from backtrader_walkforward.trading import RankingStrategy
from backtrader_walkforward.trading.variants import find_ranking_strategies, find_strategies, strategy_plugins

Loaded = Iterator[tuple[str, Prices | UserError]]
Tasks = Iterator[tuple[str, TickerTask | UserError]]

MOST_FAULTS = 3
"""Faults that the error names where every ticker has failed."""


def panel(
    tickers: str | Sequence[str] | None = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: PanelProgress = silent,
    **values: Any,
) -> PanelResult:
    """Study many tickers, trade books of them, and judge all of it by one verdict.

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
        Function of one event (`panels.progress`).
    **values
        Settings by their names. The options of the command have the same names.

    Raises
    ------
    UserError
        If no ticker gives a result. Its text says what to do.
    """
    named = {} if tickers is None else {"tickers": tickers}
    chosen = chosen_settings(settings, named | values, executor=executor, progress=progress)
    with panel_executor(chosen.machine.workers, chosen.panel.dask, executor) as pool:
        return run_panel(chosen, pool, progress)


def run_panel(
    settings: Settings,
    executor: Executor | None = None,
    progress: PanelProgress = silent,
    *,
    now: datetime | None = None,
) -> PanelResult:
    """Go from the settings to the result; without an executor all work is done in this process."""
    failed: dict[str, str] = {}
    settings = with_typed_parameters(with_universe(settings))
    sizing, ranking = chosen_strategies(settings)
    members = settings_of_tickers(settings, sizing)
    stages = Stages.of(without_books(settings, sizing))  # first: an unknown name is refused before any work
    studies, keys = Studies.of(settings), StudyKeys(stages)
    progress(StageStarted("Panel", f"{pluralize(len(members), 'ticker')}, {MODELS[settings.panel.model]}"))
    progress(WorkSized(seconds_of_panel(stages, len(members))))
    tasks = tasks_of(members, stages, executor, progress, now)
    for ended in study_all(tasks, studies, keys, executor):
        failed |= {ended.ticker: ended.fault} if ended.fault else {}
        progress(replace(ended, tickers=len(members)))
    if not studies:
        raise UserError(f"no ticker of the panel could be studied; {faults_text(failed)}")
    progress(StageStarted("Books", "all tickers of a day in one account"))
    books = books_of if executor is None else books_apart
    return panel_result(settings, studies, dict(sorted(failed.items())), ranking, stages, books)


def faults_text(failed: Mapping[str, str]) -> str:
    """Return why the first few tickers failed, by name.

    >>> faults_text({"C": "short", "A": "unknown", "B": "short", "D": "short"})
    'A: unknown; B: short; C: short; and 1 more'
    """
    faults = [f"{ticker}: {fault}" for ticker, fault in sorted(failed.items())]
    left = len(faults) - MOST_FAULTS
    return "; ".join([*faults[:MOST_FAULTS], *([f"and {left} more"] if left > 0 else [])])


def chosen_strategies(settings: Settings) -> tuple[list[str] | None, list[str] | None]:
    """Return the names of sizing and of ranking strategies that the settings choose; None where all of a kind are run.

    Raises
    ------
    ArgumentError
        If a name is unknown, or a parameter belongs to nothing that runs.
    UserError
        If the plug-in of a name does not load.
    """
    names, found = settings.trading.strategies or (), strategy_plugins()
    ranks = {name: issubclass(found.chosen(name, "--strategies knows no"), RankingStrategy) for name in names}
    sizing = [name for name in names if not ranks[name]] or None
    ranking = [name for name in names if ranks[name]] or None
    running = [*find_strategies(sizing or ()), *find_ranking_strategies(ranking or ()), *settings.predictor_names]
    require_running(settings.trading.param, running)
    book_variants(settings, ranking)  # a parameter that a strategy lacks is refused before any work
    return sizing, ranking


def tasks_of(
    members: Mapping[str, Settings | UserError],
    stages: Stages,
    executor: Executor | None,
    progress: PanelProgress,
    now: datetime | None,
) -> Tasks:
    """Yield the task of each ticker, or why it has none."""
    asked = {ticker: one for ticker, one in members.items() if isinstance(one, Settings)}
    yield from ((ticker, one) for ticker, one in members.items() if isinstance(one, UserError))
    loaded = load_all(asked, now=now, fetch=PatientFetch(lambda *refused: progress(YahooRefused(*refused))))
    if stages.settings.panel.model == "pooled":
        yield from pooled_tasks(loaded, asked, stages, executor, progress)
    else:
        yield from own_tasks(loaded, asked)


def own_tasks(loaded: Loaded, members: Mapping[str, Settings]) -> Tasks:
    """Yield the task of each ticker as its prices are loaded."""
    for ticker, prices in loaded:
        yield ticker, prices if isinstance(prices, UserError) else TickerTask(members[ticker], prices)


def study_all(tasks: Tasks, studies: Studies, keys: StudyKeys, executor: Executor | None) -> Iterator[TickerEnded]:
    """Study each ticker, and yield that it has ended; a study that an earlier run has stored is taken from there."""
    queue = TaskQueue(studies, executor)
    try:
        for ticker, task in tasks:
            if isinstance(task, UserError):
                yield TickerEnded(ticker, fault=str(task), at_work=len(queue))
            elif studies.find(ticker, key := keys.key(task)):
                yield TickerEnded(ticker, stored=True, at_work=len(queue))
            else:
                yield from queue.add(ticker, key, task)
        yield from queue.ended()
    finally:
        queue.cancel()
