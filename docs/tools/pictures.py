"""Draws the pictures of the pages anew: `python -m docs.tools.pictures`. It needs Chromium, as `tests/browser` does.

`benchmarks.scaling` draws the one of cost by work.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import ViewportSize

from docs.tools.chromium import open_browser
from docs.tools.pages import ROOT
from docs.tools.running import bash, checkout, private_folders

PICTURES = ROOT / "docs" / "pictures"
COMMAND = "python runner.py --source sample --predictor ridge --period 3650 --threshold 0 --strategies binary"
"""The run of the README, with one strategy, so that the ranking is short."""

WINDOW = ViewportSize(width=1280, height=2040)
"""A report's verdict, figures and first charts."""


def photograph(page: Path, picture: Path) -> None:
    """Write what a browser shows of a page at first sight, in light colours."""
    with open_browser() as browser:
        tab = browser.new_page(viewport=WINDOW, color_scheme="light")
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-drawn]")
        tab.screenshot(path=picture)


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        private_folders(Path(temporary))
        folder = checkout(Path(temporary) / "project", {})
        bash(folder, COMMAND)
        [run_folder], [chart] = (folder / "runs").iterdir(), (folder / "charts").iterdir()
        photograph(run_folder / "report.html", PICTURES / "report.png")
        shutil.copy(chart, PICTURES / "chart.png")
