"""The browser sees what it is there to see: other tests rest on this."""

import pytest

from tests.browser.looks import axe, no_sideways_scroll
from tests.faults.hostile import INJECTED

pytestmark = pytest.mark.slow


@pytest.fixture
def page_of(look, tmp_path):
    """Open a page with this body; return it with what is wrong, which does not fail the test."""

    def page_of(body, **how):
        (tmp_path / "page.html").write_text(f'<!DOCTYPE html><html lang="en"><title>calm</title><main>{body}</main>')
        page = look(tmp_path / "page.html", **how)
        complaints = look.complaints[:]
        look.complaints.clear()
        return page, complaints

    return page_of


def test_a_calm_page_has_no_fault(page_of):
    page, complaints = page_of("<h1>Calm</h1>")
    no_sideways_scroll(page)
    axe(page)
    assert complaints == []


def test_an_attack_that_is_not_stopped_is_seen(page_of):
    page, complaints = page_of(INJECTED)
    assert page.title() == "pwned"
    assert [told for told in complaints if told.startswith("request: http://hostile.invalid/")] != []


def test_errors_of_scripts_are_seen(page_of):
    _, complaints = page_of("<script>console.error('told'); throw new Error('thrown')</script>")
    assert complaints == ["told", "thrown"]


def test_a_page_that_is_too_wide_is_named(page_of):
    page, _ = page_of('<p id="wide" style="width: 500px">x</p>', width=390)
    with pytest.raises(AssertionError, match='id="wide"'):
        no_sideways_scroll(page)


def test_a_picture_without_words_is_a_serious_fault(page_of):
    page, _ = page_of('<h1>x</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
