"""Run the whole of it for one ticker: `python runner.py --ticker AAPL --period 365`."""

import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from command_line import parse_arguments
from config import Config
from errors import UserError, reason_of
from garbage import keep, seldom_collect

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from strategies.variants import Variant

INTERRUPTED = 130

SHEETS = {"all": "a tear sheet a variant", "best": "the tear sheet of the best", "none": "no tear sheets"}


def run(config: Config) -> None:
    """Run every stage with one pool of processes, which train, trade the nulls and draw.

    Raises
    ------
    UserError
        If the prices, the settings or a strategy do not allow a result. Nothing is written then.
    """
    # Imported here and below, so that --help and a wrong argument answer at once.
    from processes import process_pool
    from reports import check_writable
    from strategies.variants import find_strategies, variants_of

    check_writable(config.out)
    variants = variants_of(find_strategies(config.strategies))
    with process_pool(config.workers) as pool:
        get_ready_to_draw(config, pool)
        run_stages(config, variants, pool)


def get_ready_to_draw(config: Config, pool: "Executor | None") -> None:
    """Let the processes that will draw import what they need, while this one imports the rest: one a core at most."""
    from cores import usable_cores
    from reports.quantstats_sheet import prepare_to_draw

    if pool:
        most = {"all": usable_cores(), "best": 1, "none": 0}[config.tearsheets]
        for _ in range(min(most, config.workers)):
            pool.submit(prepare_to_draw)


def run_stages(config: Config, variants: "list[Variant]", pool: "Executor | None") -> None:
    """Go from prices to reports, a stage a line."""
    from predictors import members_of
    from reports import begin_sheets, write_reports
    from reports.terminal import Terminal
    from stages import count_trials, facts_of, foresee, judged, notes_of, play, prices_of, set_beside

    keep("stages and reports")
    terminal = Terminal(quiet=config.quiet)
    members_of(config)  # whose names may be unknown: better said before anything is fetched
    prices = prices_of(config, terminal)
    features, by_seed, forecast_facts = foresee(prices, config, pool, terminal)

    terminal.stage("Backtest", f"{len(variants)} variants and buy & hold, {config.capital:,.0f} each")
    games = {seed: play(prices, features, made, variants, config) for seed, made in by_seed.items()}
    comparison = games[config.seed].comparison
    sheets = begin_sheets(comparison, prices.ticker, prices.source, config, pool)
    tried = count_trials(games, variants, prices, config)
    notes = (*tried.notes, *notes_of(games[config.seed], variants, config))
    terminal.notes(notes)
    # While the pool draws, the nulls are traded here.
    beside = set_beside(games, variants, config, None if sheets.names else pool)
    luck = judged(comparison, forecast_facts, tried, config, beside.seeds)
    facts = facts_of(config, prices.with_notes(*notes), forecast_facts, luck, beside)

    terminal.stage("Reports", SHEETS[config.tearsheets])
    with terminal.progress("tear sheets") as on_sheet:
        forecast_rows = by_seed[config.seed].table.assign(close=prices.frame["Close"])
        written = write_reports(comparison, forecast_rows, facts, config, timestamp(), on_sheet, sheets)
    terminal.summary(comparison, facts)
    terminal.files(written)


def tend_store(config: Config) -> None:
    """Show the stored forecasts, after forgetting old ones and old tear sheets if asked to."""
    from predictors import ForecastStore
    from reports.run_report import sheet_folder
    from reports.sheet_store import SheetStore
    from stores import cache_folder

    store = ForecastStore(cache_folder(config.cache_dir))
    if config.store == "prune":
        print(f"{store.prune()} folds and {SheetStore(sheet_folder(config.cache_dir)).prune()} tear sheets forgotten")
    contents = store.contents()
    print("no forecasts are stored" if contents.empty else contents.to_string(index=False))
    for note in store.notes:
        print(f"Note: {note}")


def show_trials(config: Config) -> None:
    """Show what was tried on every ticker, a line for each set of settings, and how many trials that makes."""
    from audit.registry import TrialRegistry
    from stores import data_folder

    registry = TrialRegistry(data_folder(config.cache_dir))
    print(*(registry.told() or ["no trials are recorded"]), sep="\n")
    for note in registry.notes:
        print(f"Note: {note}")


def timestamp() -> str:
    """Return the moment as file names have it: 20251017_143522."""
    return datetime.now().strftime("%Y%m%d_%H%M%S")


def task_of(config: Config) -> Callable[[Config], None]:
    """Return what is asked for: a run unless it is something else."""
    if config.audit:
        from audit.command import run_audit

        return run_audit
    if config.signal:
        from paper.signal import run_signal

        return run_signal
    if config.paper:
        from paper.command import run_paper

        return run_paper
    if config.paper_report:
        from paper.report import run_paper_report

        return run_paper_report
    if config.trials:
        return show_trials
    return tend_store if config.store else run


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, 2 for a wrong argument, 130 when interrupted, 1 for the rest."""
    signal.signal(signal.SIGTERM, stop)
    debug = "--debug" in arguments
    try:
        config = parse_arguments(arguments)
        task_of(config)(config)
    except UserError as error:
        return complain(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        return complain("interrupted; nothing half-made is left", INTERRUPTED, debug)
    except Exception as error:
        return complain(f"unexpected {reason_of(error)} - run again with --debug to see where", 1, debug)
    return 0


def complain(message: str, exit_code: int, debug: bool) -> int:
    """Print one line on standard error, or raise what is being handled when debugging."""
    if debug:
        raise
    print(f"runner.py: {message}", file=sys.stderr)
    return exit_code


def stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into the interruption that cleans up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    seldom_collect()
    sys.exit(main(sys.argv[1:]))
