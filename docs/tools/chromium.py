"""The browser that looks at pages: for pictures of the documentation, and for the tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
"""Names of the browser's command; the environment variable CHROMIUM stands before them."""


def browser_path() -> str:
    """Return where the browser is; FileNotFoundError where there is none."""
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else COMMANDS)), None)
    if path is None:
        raise FileNotFoundError(f"there is no {named or 'Chromium'} - apt-get install chromium, or name it in CHROMIUM")
    return path


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Yield a browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()
