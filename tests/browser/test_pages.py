"""Every page of a run, a panel and a paper account, at a desk and on a telephone, in both colour schemes."""

import pytest

from tests.browser.looks import SCREENS, axe, no_sideways_scroll

pytestmark = pytest.mark.slow

PAGES = ("index", "tear_sheet", "plain_sheet", "panel_page", "paper_page")


@pytest.fixture(params=PAGES)
def path(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_opens_without_a_complaint_fits_the_screen_and_is_dark_where_the_reader_is(look, path, width, scheme):
    page = look(path, width=width, scheme=scheme)
    assert page.locator("h1").count() == 1
    no_sideways_scroll(page)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    brightness = sum(colour) / 3
    assert brightness > 230 if scheme == "light" else brightness < 50
    if width == 390:
        axe(page)


def test_without_scripts_it_shows_the_same_words(look, path):
    with_scripts, without = (look(path, scripts=scripts).inner_text("main") for scripts in (True, False))
    assert len(without) > 200
    assert without.split() == with_scripts.split()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_is_on_white_and_cuts_no_column(look, path, scheme):
    """A4 less its margins is 703 pixels wide."""
    page = look(path, width=703, scheme=scheme)
    page.emulate_media(media="print")
    no_sideways_scroll(page)
    cut = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
    assert page.evaluate(f"{cut}.map((one) => `${{one.ariaLabel}}: ${{one.scrollWidth}} > ${{one.clientWidth}}`)") == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(51, 48, 46)"
