"""Names that are attacks stay text in a real browser, and the policy stops what escaping would miss."""

import pytest

from backtrader_walkforward.reports.panel import write_panel
from tests.browser.looks import no_sideways_scroll
from tests.faults.hostile import ATTACKS, INJECTED, SOURCE, hostile_run
from tests.reports.pages import HOSTILE
from tests.reports.panel.conftest import hostile

pytestmark = pytest.mark.slow

__all__ = ["hostile", "hostile_run"]


@pytest.fixture(scope="module")
def pages(hostile_run):
    """The pages of a run, `index.html` first."""
    return sorted((hostile_run / "out").rglob("*.html"), key=lambda path: path.name != "index.html")


def test_hostile_names_are_text(look, pages):
    for path in pages:
        page = look(path, width=390)
        assert "pwned" not in page.title().partition(":")[0]
        assert page.locator("iframe, object, embed, [onerror], [onload]").count() == 0
        no_sideways_scroll(page)
    words = look(pages[0]).evaluate("document.body.textContent")
    assert [name for name in (*ATTACKS, SOURCE) if name not in words] == []


def test_hostile_tickers_of_a_panel_are_text(look, hostile, tmp_path):
    page = look(write_panel(hostile, tmp_path, "x").index, width=390)
    assert page.locator("[onerror], [onload]").count() == 0
    assert page.locator("th button").count() > 10  # its own script runs
    no_sideways_scroll(page)
    words = page.evaluate("document.body.textContent")
    assert [name for name in HOSTILE if name not in words] == []


def test_the_policy_stops_what_escaping_would_miss(look, pages, tmp_path):
    for path in pages:
        broken = path.read_text().replace("<body>", f"<body>{INJECTED}", 1)
        assert INJECTED in broken
        (tmp_path / path.name).write_text(broken)
        page = look(tmp_path / path.name)
        complaints = look.complaints[:]
        look.complaints.clear()
        assert page.title() != "pwned"
        refused = [told for told in complaints if "violates the following Content Security Policy" in told]
        asked = {told.removeprefix("request: ") for told in complaints if told not in refused}
        assert asked == {"http://hostile.invalid/a.png", "http://hostile.invalid/b.css"}
        assert {address for address in asked if not any(address in told for told in refused)} == set()
        assert any("inline script" in told for told in refused)
