"""Drawing is quicker with the shortcuts, and what is drawn is the same."""

import gc
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.textpath import TextToPath

from backtrader_walkforward.reports.tear_sheets import speedups as shortcuts
from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheet
from backtrader_walkforward.reports.tear_sheets.speedups import (
    FontTables,
    empty_labels_left_unplaced,
    garbage_left,
    markers_copied_flat,
    replaced,
    texts_measured_once,
)
from backtrader_walkforward.reports.write import sheet_task

ROOT = Path(__file__).parents[3]


def printed_by(code):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()


def test_no_byte_of_a_sheet_depends_on_them(comparison, summary, monkeypatch):
    task = sheet_task(comparison.best, comparison.benchmark, summary.ticker, summary.source)
    quick = draw_tear_sheet(task)
    monkeypatch.setattr(shortcuts, "shortcuts", nullcontext)
    assert draw_tear_sheet(task) == quick


def test_what_another_version_lacks_is_left_as_it_is():
    class Owner: ...

    with replaced(Owner, "name", "other"):
        assert not hasattr(Owner, "name")


def test_a_replaced_attribute_is_itself_again_even_after_an_error():
    class Owner:
        name = "own"

    def fail():
        with replaced(Owner, "name", "other"):
            raise ZeroDivisionError(Owner.name)

    with pytest.raises(ZeroDivisionError, match="other"):
        fail()
    assert Owner.name == "own"


@pytest.mark.parametrize("text", ["-12.5%", "2015-06", "Cumulative Returns vs Benchmark", ""])
def test_a_text_has_the_size_matplotlib_gives_it(text):
    own, font = TextToPath.get_text_width_height_descent, FontProperties(size=11)
    with texts_measured_once():
        measured = [TextToPath().get_text_width_height_descent(text, font, False) for _ in range(2)]
        font.set_size(22)
        larger = TextToPath().get_text_width_height_descent(text, font, False)
    assert TextToPath.get_text_width_height_descent is own
    assert measured == [TextToPath().get_text_width_height_descent(text, FontProperties(size=11), False)] * 2
    assert larger == tuple(2 * length for length in measured[0])


@pytest.mark.parametrize("label", ["Month", ""])
def test_an_axis_has_its_label_where_matplotlib_puts_it(label):
    def drawn():
        figure = Figure()
        figure.subplots().set_xlabel(label)
        figure.draw_without_rendering()
        return figure.axes[0].xaxis.label.get_position(), figure.get_tightbbox()

    own_place, own_extent = drawn()
    with empty_labels_left_unplaced():
        place, extent = drawn()
    assert np.array_equal(extent, own_extent)
    assert (place == own_place) == bool(label)


def test_a_font_has_the_tables_of_its_file():
    font = get_font(findfont("DejaVu Sans"))
    for name in ("OS/2", "hhea", "head"):
        assert FontTables(font).get_sfnt_table(name) == font.get_sfnt_table(name)
        assert FontTables(font).get_sfnt_table(name) is FontTables(font).get_sfnt_table(name)


def test_a_copied_marker_is_drawn_alike():
    line, other = Line2D([0], [0], marker="v"), Line2D([0], [0])
    with markers_copied_flat():
        other.update_from(line)
    assert other._marker.get_path() is line._marker.get_path()
    line.set_marker("o")
    triangle, circle = (MarkerStyle(shape).get_path().vertices for shape in "vo")
    assert np.array_equal(other._marker.get_path().vertices, triangle)
    assert np.array_equal(line._marker.get_path().vertices, circle)


@pytest.mark.parametrize("enabled", [True, False])
def test_collection_goes_on_as_it_was(enabled):
    before = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        with garbage_left():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        gc.enable() if before else gc.disable()


def test_a_deferred_module_is_loaded_by_its_first_use():
    code = """
import sys
from backtrader_walkforward.reports.tear_sheets.speedups import imported_when_used

with imported_when_used("yfinance"):
    import yfinance
print("yfinance.data" in sys.modules)
print(callable(yfinance.download), "yfinance.data" in sys.modules)
"""
    assert printed_by(code) == ["False", "True", "True"]


def test_a_process_that_draws_loads_no_more_than_it_needs():
    code = """
import sys
from backtrader_walkforward.reports.tear_sheets.quantstats_sheet import imported_quantstats

print(imported_quantstats().__name__)
print(*{"backtrader", "yfinance.data", "requests", "talib", "sklearn", "tensorflow"} & set(sys.modules))
"""
    assert printed_by(code) == ["quantstats"]
