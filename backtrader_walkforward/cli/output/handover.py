"""What a run hands over at its end besides its files: its figures on standard output, its page in the browser."""

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports import WrittenFiles


@contextmanager
def standard_output_kept(asked: bool) -> Iterator[None]:
    """Within the block, all that is printed goes to standard error if that is asked for, from worker processes too."""
    if not asked:
        yield
        return
    try:
        sys.stdout.flush()
        descriptor = os.dup(1)
        os.dup2(2, 1)
    except (OSError, AttributeError) as error:
        raise UserError("--json needs a standard output and a standard error - this process lacks one") from error
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(descriptor, 1)
        os.close(descriptor)


def hand_over(written: WrittenFiles, *, json: bool = False, open_page: bool = False) -> None:
    """Print the figures alone, or the path of the page as the last line; then open the page, if that is asked for."""
    if json:
        print((written.run_folder / "results.json").read_text(encoding="utf-8"), end="")
    else:
        print("", *([f"Chart:  {written.chart}"] if written.chart else []), f"Report: {written.page}", sep="\n")
    if open_page:
        open_in_browser(written)


def open_in_browser(written: WrittenFiles) -> None:
    """Open the page of a run, or say where it is."""
    if not webbrowser.open(written.page.resolve().as_uri()):
        print(f"There is no browser here: open {written.page}", file=sys.stderr)
