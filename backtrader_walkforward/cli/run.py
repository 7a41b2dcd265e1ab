"""The commands `run`, `compare` and `cache`.

What they need is imported when they run, so that --help and a wrong argument answer at once.
"""

from collections.abc import Sequence

from backtrader_walkforward.settings.settings import Settings

SHEETS = {"all": "a tear sheet a variant", "best": "the tear sheet of the best", "none": "no tear sheets"}


def run(settings: Settings, *, details: bool, json: bool, open_page: bool) -> None:
    """Study the ticker with one pool of processes, write the files and show the result.

    Raises
    ------
    UserError
        If the prices, the settings or a strategy do not allow a result. Nothing is written then.
    """
    from backtrader_walkforward.cli.handover import hand_over, standard_output_kept
    from backtrader_walkforward.plugins.workers import process_pool
    from backtrader_walkforward.reports import check_writable
    from backtrader_walkforward.reports.terminal import Terminal
    from backtrader_walkforward.reports.terminal_summary import print_summary
    from backtrader_walkforward.study import run_study
    from backtrader_walkforward.study.terminal_progress import TerminalProgress

    check_writable(settings.report.out)
    with standard_output_kept(json):
        terminal = Terminal(quiet=settings.report.quiet, details=details)
        with process_pool(settings.machine.workers) as pool:
            with TerminalProgress(terminal) as progress:
                result = run_study(settings, pool, progress)
            terminal.stage("Reports", SHEETS[settings.report.tearsheets])
            with terminal.progress("tear sheets") as on_sheet:
                written = result.save(settings.report.out / "runs", executor=pool, on_sheet=on_sheet)
        print_summary(terminal, result)
    hand_over(written, json=json, open_page=open_page)


def compare(settings: Settings, *, runs: Sequence[str], json: bool, open_page: bool) -> None:
    """Compare runs on the terminal and on a page.

    Raises
    ------
    UserError
        If there are too few runs, or one of them is not there or not whole.
    """
    from backtrader_walkforward.cli.handover import hand_over, open_in_browser
    from backtrader_walkforward.saved_runs.command import compare_runs

    written = compare_runs(settings, runs, json=json)
    if not json:
        hand_over(written, open_page=open_page)
    elif open_page:
        open_in_browser(written)


def manage_cache(settings: Settings, *, action: str) -> None:
    """Show the content of the caches; `prune` first deletes entries that were not used for a long time."""
    from backtrader_walkforward.reports.formatting import count
    from backtrader_walkforward.reports.terminal import Terminal
    from backtrader_walkforward.system.cache import CACHES, Cache

    terminal = Terminal()
    caches = [Cache(name, settings.machine.cache_dir) for name in CACHES]
    if action == "prune":
        terminal.says(f"{sum(cache.prune() for cache in caches)} entries deleted")
    rows = [
        (cache.content, row.label, count(row.entries), count(row.bytes), row.last_used)
        for cache in caches
        for row in cache.contents()
    ]
    if rows:
        terminal.figures(["Cache", "Entries of", "Number", "Bytes", "Last used"], rows, words=2)
    else:
        terminal.says("the caches are empty")
    terminal.says(*(f"Note: {note}" for cache in caches for note in cache.notes))
