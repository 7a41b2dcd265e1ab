"""Draws the pictures of the pages anew: `python -m docs.tools.pictures`. It needs Chromium.

`benchmarks.scaling` draws the one of cost by work.
"""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import ViewportSize, sync_playwright

from docs.tools.pages import ROOT
from docs.tools.running import bash, checkout, private_folders

PICTURES = ROOT / "docs" / "pictures"
COMMAND = "python runner.py --source sample --predictor ridge --period 3650 --threshold 0 --strategies binary"
"""The run of the README, with one strategy, so that the ranking is short."""

WINDOW = ViewportSize(width=1280, height=1640)
"""A report's verdict, figures and first charts."""


def photograph(page: Path, picture: Path) -> None:
    """Write what a browser shows of a page at first sight, in light colours."""
    with sync_playwright() as playwright:
        program = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        tab = browser.new_page(viewport=WINDOW, color_scheme="light")
        tab.goto(page.as_uri(), wait_until="networkidle")
        tab.wait_for_timeout(1_000)
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        private_folders(Path(temporary))
        folder = checkout(Path(temporary) / "project", {})
        bash(folder, COMMAND)
        [run_folder], [chart] = (folder / "runs").iterdir(), (folder / "charts").iterdir()
        photograph(run_folder / "report.html", PICTURES / "report.png")
        shutil.copy(chart, PICTURES / "chart.png")
