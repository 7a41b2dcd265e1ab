"""Values of one parameter are variants whose names differ at their end: every label shows it."""

import pytest

import backtrader_walkforward as wf
from tests.browser.conftest import QUICK
from tests.browser.explored import DRAWN
from tests.browser.looks import no_sideways_scroll

pytestmark = pytest.mark.slow

VALUES = {
    "strategies": "volatility_adjusted",
    "hybrids": (30,),
    "param": {"volatility_adjusted.threshold": (0.0001, 0.0005)},
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    made = wf.run("SPY", **QUICK | VALUES, tearsheets="none", use_cache=False)
    return made.save(tmp_path_factory.mktemp("swept") / "runs").run_folder / "report.html"


@pytest.mark.parametrize("width", [1280, 390])
def test_every_label_of_a_variant_is_its_own(look, swept, width):
    page = look(swept, width=width)
    page.wait_for_selector(DRAWN)
    ranked = page.locator(".named .pick a").all_inner_texts()
    offered = page.locator("#detail option").all_inner_texts()
    assert len(set(ranked)) == len(set(offered)) == len(ranked) == 4
    assert set(offered) == {
        "Volatility adjusted(threshold=0.0001)",
        "Volatility adjusted(threshold=0.0005)",
        "Volatility adjusted(threshold=0.0001) hybrid 70/30",
        "Volatility adjusted(threshold=0.0005) hybrid 70/30",
    }
    no_sideways_scroll(page)
    for name, mark in zip(page.locator(".named .pick").all(), page.locator(".named tbody .glyph").all(), strict=False):
        spilled = name.locator("a").bounding_box()
        assert spilled["x"] + spilled["width"] <= mark.bounding_box()["x"] + 1
