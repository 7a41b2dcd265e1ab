"""The command `compare`."""

from collections.abc import Sequence

from backtrader_walkforward.settings.settings import Settings


def compare(settings: Settings, *, runs: Sequence[str], json: bool, open_page: bool) -> None:
    """Compare runs on the terminal and on a page.

    Raises
    ------
    UserError
        If there are too few runs, or one of them is not there or not whole.
    """
    from backtrader_walkforward.cli.output.handover import hand_over, open_in_browser
    from backtrader_walkforward.saved_runs.command import compare_runs

    written = compare_runs(settings, runs, json=json)
    if not json:
        hand_over(written, open_page=open_page)
    elif open_page:
        open_in_browser(written)
