"""The command `panel`."""

from backtrader_walkforward.settings.settings import Settings


def run_panel(settings: Settings, *, json: bool, open_page: bool) -> None:
    """Study the tickers, write the files of the panel and show the result.

    Raises
    ------
    UserError
        If no ticker gives a result. Nothing is written then.
    """
    from backtrader_walkforward.cli.output.handover import hand_over, standard_output_kept
    from backtrader_walkforward.panels import run
    from backtrader_walkforward.panels.tasks.executors import CONTINUES, panel_executor
    from backtrader_walkforward.panels.terminal_progress import PanelTerminal
    from backtrader_walkforward.reports import check_writable
    from backtrader_walkforward.reports.panel.terminal import print_panel
    from backtrader_walkforward.reports.terminal import Terminal

    check_writable(settings.report.out, ["runs"])
    with standard_output_kept(json):
        terminal = Terminal(quiet=settings.report.quiet)
        try:
            with panel_executor(settings.machine.workers, settings.panel.dask) as pool, PanelTerminal(terminal) as seen:
                result = run.run_panel(settings, pool, seen)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(CONTINUES) from None
        written = result.save(settings.report.out / "runs")
        print_panel(terminal, result)
    hand_over(written, json=json, open_page=open_page)
