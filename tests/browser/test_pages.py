"""Every page of a run, a panel and a paper account, at a desk and on a telephone, in both colour schemes."""

import pytest

from tests.browser.looks import SCREENS, axe, no_sideways_scroll

PAGES = ("index", "tear_sheet", "plain_sheet", "panel_page", "paper_page")


@pytest.fixture(params=PAGES)
def path(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_opens_without_a_complaint_and_fits_the_screen(look, path, width, scheme):
    page = look(path, width=width, scheme=scheme)
    assert page.locator("h1").count() == 1
    no_sideways_scroll(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(look, path, scheme):
    axe(look(path, width=390, scheme=scheme))


def test_it_is_dark_where_the_reader_is(look, path):
    brightness = {}
    for scheme in ("light", "dark"):
        page = look(path, scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        brightness[scheme] = sum(colour) / 3
    assert brightness["light"] > 230
    assert brightness["dark"] < 50


def test_without_scripts_it_shows_the_same_words(look, path):
    with_scripts, without = (look(path, scripts=scripts).inner_text("main") for scripts in (True, False))
    assert len(without) > 200
    assert without.split() == with_scripts.split()
