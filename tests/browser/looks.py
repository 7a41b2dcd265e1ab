"""A browser that looks at a page and keeps what is wrong with it."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from docs.tools.chromium import browser_path

PATIENCE = 30_000
"""Milliseconds that a busy machine may take."""

expect.set_options(timeout=PATIENCE)

HEIGHTS = {1280: 800, 390: 844}
SCREENS = [(width, scheme) for width in HEIGHTS for scheme in ("light", "dark")]
"""A desk and a telephone, in both colour schemes."""


def require_browser() -> None:
    """Skip the test where there is no browser, or fail where REQUIRE_BROWSER is set."""
    try:
        browser_path()
    except FileNotFoundError as missing:
        reason = f"no browser looks at the pages: {missing}"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(reason)


class Look:
    """Opens pages of this machine: `page = look(path, width=390, scheme="dark")`.

    `complaints` has each error in the console, each error of a script and each request that leaves the page, of all
    pages that were opened. The fixture `look` fails at the end of the test if there is any.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def __call__(
        self,
        path: Path,
        *,
        width: int = 1280,
        scheme: str = "light",
        scripts: bool = True,
        touch: bool = False,
        chosen: str = "",
    ) -> Page:
        """Return the page of a file, loaded, with what stands behind the `#` of its address."""
        size = {"width": width, "height": HEIGHTS.get(width, 800)}
        context = self.browser.new_context(
            viewport=size, color_scheme=scheme, java_script_enabled=scripts, has_touch=touch, reduced_motion="reduce"
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda said: self._complain(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("dialog", lambda dialog: (self._complain(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._check(request.url, path.as_uri()))
        page.goto(path.as_uri() + chosen)
        return page

    def close(self) -> None:
        """Close the pages, and fail if there was a complaint."""
        for context in self.contexts:
            context.close()
        assert self.complaints == []

    def _check(self, asked: str, own: str) -> None:
        if asked.partition("#")[0] != own and not asked.startswith(("data:", "blob:")):
            self._complain(f"request: {asked}")

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


def no_sideways_scroll(page: Page) -> None:
    """Fail if the page is wider than the screen, and name the elements that reach out of it."""
    wide = page.evaluate(
        """() => {
          const root = document.documentElement, width = root.clientWidth;
          if (root.scrollWidth <= width) return [];
          const all = [...document.body.querySelectorAll("*")];
          const out = all.filter((one) => one.getBoundingClientRect().right > width + 1);
          return [`${root.scrollWidth} > ${width}`, ...out.slice(0, 8).map((one) => one.outerHTML.slice(0, 120))];
        }"""
    )
    assert wide == [], wide


def axe(page: Page) -> None:
    """Fail if axe-core finds a serious or critical fault for readers with a screen reader, a keyboard or weak eyes."""
    found = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in ("serious", "critical")]
    places = {fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]] for fault in found}
    assert places == {}, places
