"""The command `panel`."""

from backtrader_walkforward.settings.settings import Settings


def run_panel(settings: Settings) -> None:
    """Study the tickers, write the files of the panel and show the result.

    Raises
    ------
    UserError
        If no ticker gives a result. Nothing is written then.
    """
    from backtrader_walkforward.panels import run
    from backtrader_walkforward.panels.tasks.executors import CONTINUES, panel_executor
    from backtrader_walkforward.panels.terminal_progress import PanelTerminal
    from backtrader_walkforward.reports import check_writable
    from backtrader_walkforward.reports.panel.terminal import print_panel
    from backtrader_walkforward.reports.terminal import Terminal

    check_writable(settings.report.out, ["runs"])
    terminal = Terminal(quiet=settings.report.quiet)
    try:
        with panel_executor(settings.machine.workers, settings.panel.dask) as pool, PanelTerminal(terminal) as progress:
            result = run.run_panel(settings, pool, progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(CONTINUES) from None
    print_panel(terminal, result, result.save(settings.report.out / "runs"))
