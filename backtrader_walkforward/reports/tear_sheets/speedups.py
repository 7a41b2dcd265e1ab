"""What makes QuantStats' sheet quicker to draw and changes no byte of it: replacements that last for a `with` block."""

import copy
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partialmethod
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import SimpleNamespace
from typing import Any

import matplotlib.markers
import matplotlib.text
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath, text_to_path

MEASURE_TEXT = TextToPath.get_text_width_height_descent


@contextmanager
def shortcuts() -> Iterator[None]:
    """Apply all of them."""
    with ExitStack() as stack:
        stack.enter_context(garbage_left())
        stack.enter_context(texts_measured_once())
        stack.enter_context(font_tables_read_once())
        stack.enter_context(empty_labels_left_unplaced())
        stack.enter_context(markers_copied_flat())
        stack.enter_context(yearly_returns_left_out())
        yield


@contextmanager
def garbage_left() -> Iterator[None]:
    """Leave cyclic garbage to the end of the block: the thousands of objects of a figure all live until it closes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def texts_measured_once() -> Iterator[None]:
    """Remember the size of a text in a font from figure to figure, which matplotlib forgets with each drawing.

    The same dates and percentages stand at the ticks of every chart. A size depends on the text, the font and the
    settings of `SHEET_STYLE`, the only ones with which this is used.
    """
    with replaced(TextToPath, "get_text_width_height_descent", measured_text):
        yield


def measured_text(self: TextToPath, text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    """Return width, height and descent as `TextToPath` does; the font is copied, as the hash of one can change."""
    return text_size(text, font.copy(), ismath)


@lru_cache(maxsize=4096)
def text_size(text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    """Return width, height and descent of a text in points."""
    return MEASURE_TEXT(text_to_path, text, font, ismath)


@contextmanager
def font_tables_read_once() -> Iterator[None]:
    """Remember a font's tables, of which matplotlib reads two whenever it lays out a text."""
    with replaced(matplotlib.text, "get_font", lambda paths: FontTables(get_font(paths))):
        yield


class FontTables:
    """Stands in for a font where only its tables are asked for."""

    def __init__(self, font: FT2Font) -> None:
        self.font = font

    def get_sfnt_table(self, name: Any) -> Any:
        """Return a table of the font."""
        return font_table(self.font, name)


@lru_cache
def font_table(font: FT2Font, name: Any) -> Any:
    """Return a table of a font, as it is in the file."""
    return font.get_sfnt_table(name)


@contextmanager
def empty_labels_left_unplaced() -> Iterator[None]:
    """Look for no place, beyond the texts at all ticks, for the label of an axis that has none.

    QuantStats labels no axis, and what has no text takes no room.
    """
    place = "_update_label_position"
    with ExitStack() as stack:
        for kind in (XAxis, YAxis):
            stack.enter_context(replaced(kind, place, partialmethod(place_label, getattr(kind, place, None))))
        yield


def place_label(axis: Axis, place: Callable[[Axis, Any], None], renderer: Any) -> None:
    """Call `place` if the axis has a label."""
    if axis.label.get_text():
        place(axis, renderer)


@contextmanager
def markers_copied_flat() -> Iterator[None]:
    """Let lines of one style share the outlines of their markers, three to a tick: nothing in a sheet changes one."""
    with replaced(matplotlib.markers, "copy", SimpleNamespace(deepcopy=copy.copy)):
        yield


@contextmanager
def yearly_returns_left_out() -> Iterator[None]:
    """Do not draw the chart of yearly returns, for which our template has no place."""
    import quantstats

    with replaced(quantstats.plots, "yearly_returns", lambda *_, **__: None):
        yield


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give an attribute another value, and its own again when the block ends.

    Other versions of matplotlib may lack one that is not public: what it makes quicker is then as slow as it was.
    """
    if not hasattr(owner, name):
        yield
        return
    own = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, own)


@contextmanager
def imported_when_used(name: str) -> Iterator[None]:
    """Let the first `import name` in the block load nothing until an attribute of the module is asked for."""
    finder = LazyFinder(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class LazyFinder(MetaPathFinder):
    """Finds one module as the finders after it do, and gives it to `importlib.util.LazyLoader`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Return the module's spec, None for any other module."""
        spec = PathFinder.find_spec(name, path, target) if name == self.name else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
