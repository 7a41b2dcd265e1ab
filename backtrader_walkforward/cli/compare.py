"""The command `compare`."""

from collections.abc import Sequence

from backtrader_walkforward.settings.settings import Settings


def compare(settings: Settings, *, runs: Sequence[str], open_page: bool) -> None:
    """Compare runs on the terminal and on a page.

    Raises
    ------
    UserError
        If there are too few runs, or one of them is not there or not whole.
    """
    from backtrader_walkforward.cli.handover import hand_over
    from backtrader_walkforward.saved_runs.command import compare_runs

    hand_over(compare_runs(settings, runs), open_page=open_page)
