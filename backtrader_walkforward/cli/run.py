"""The command `run`.

What it needs is imported when it runs, so that --help and a wrong argument answer at once.
"""

from backtrader_walkforward.settings.settings import Settings

SHEETS = {"all": "a tear sheet a variant", "best": "the tear sheet of the best", "none": "no tear sheets"}


def run(settings: Settings, *, details: bool, json: bool, open_page: bool) -> None:
    """Study the ticker with one pool of processes, write the files and show the result.

    Raises
    ------
    UserError
        If the prices, the settings or a strategy do not allow a result. Nothing is written then.
    """
    from backtrader_walkforward.cli.output.handover import hand_over, standard_output_kept
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
