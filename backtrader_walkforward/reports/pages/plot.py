"""Curves over time as a picture for pages of every width."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.formatting import display_name, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.axes import HEIGHT, WIDTH, Frame, framed

MOST_POINTS = 500
"""Points of a line, of which a page of 1280 pixels shows no more."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve: its name, its course by day, and its last value as a reader sees it."""

    name: str
    curve: pd.Series
    last: str = ""
    is_reference: bool = False
    """Whether it is what the others are compared with."""

    @classmethod
    def of_equity(cls, name: str, equity: pd.Series, *, is_reference: bool = False) -> "Line":
        """Return the equity of a variant as the change since its start."""
        curve = equity / equity.iloc[0] - 1
        return cls(name=display_name(name), curve=curve, last=percent(curve.iloc[-1], 1), is_reference=is_reference)


def plot(
    lines: Sequence[Line], caption: str, text: Callable[[float], str], band: tuple[float, float] = (0.0, 0.0)
) -> html.Html:
    """Return a picture of lines over a shaded band and the level 0, with a legend; nothing without values.

    `text` writes a value as a label of the axis has it.
    """
    known = [replace(line, curve=line.curve.dropna()) for line in lines]
    known = [line for line in known if len(line.curve) > 1]
    if not known:
        return html.Html()
    frame = Frame.around([line.curve for line in known], *band)
    drawn = sorted(enumerate(known), key=lambda pair: not pair[1].is_reference)
    shapes = [*shaded(frame, band), *(polyline(line, frame, place) for place, line in drawn)]
    legend = html.lines(legend_entry(colour_of(line, place), line.name, line.last) for place, line in enumerate(known))
    return figure(caption, legend, framed(shapes, frame, text, words_of(caption, known)))


def figure(caption: str, legend: html.Html, picture: html.Html) -> html.Html:
    """Return a picture below its caption and its legend."""
    parts = [html.element("figcaption", caption), html.element("ul", legend, kind="legend"), picture]
    return html.lines(['<figure class="plot">', *parts, "</figure>"])


def words_of(caption: str, lines: Sequence[Line]) -> str:
    """Return a picture in words: what it shows, of which days, and where its lines end."""
    ends = ", ".join(f"{line.name} {line.last}".strip() for line in lines)
    return f"{caption}, {period_text(lines[0].curve)}; at the end {ends}."


def shaded(frame: Frame, band: tuple[float, float]) -> list[html.Html]:
    """Return a band across the picture, nothing for an empty one."""
    above, below = HEIGHT * frame.down(np.array([band[1], band[0]]))
    if below <= above:
        return []
    return [html.Html(f'<rect class="band" y="{above:.1f}" width="{WIDTH}" height="{below - above:.1f}"/>')]


def polyline(line: Line, frame: Frame, place: int) -> html.Html:
    """Return a curve, its last value among its points."""
    drawn = line.curve.iloc[evenly(len(line.curve), MOST_POINTS)]
    return html.Html(f'<polyline class="{colour_of(line, place)}" points="{frame.points(drawn)}"/>')


def evenly(length: int, most: int) -> np.ndarray:
    """Return the places of so many of the values of a line, the first and the last among them.

    >>> evenly(10, 4).tolist(), evenly(3, 4).tolist()
    ([0, 3, 6, 9], [0, 1, 2])
    """
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(int))


def colour_of(line: Line, place: int) -> str:
    """Return the class of a line's colour."""
    return "reference" if line.is_reference else f"line-{place % 6}"


def legend_entry(colour: str, name: str, value: str = "") -> html.Html:
    """Return a line of a colour, its name and its last value."""
    stroke = f'<line class="{colour}" x2="24" y1="4" y2="4"/>'
    swatch = html.Html(f'<svg viewBox="0 0 24 8" aria-hidden="true">{stroke}</svg>')
    return html.element("li", swatch, name, " ", html.element("b", value))
