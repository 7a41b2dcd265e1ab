"""Curves over time as a picture for pages of every width: lines in SVG, labels in HTML, which keep their size."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.pages import html

WIDTH, HEIGHT = 1000, 400
"""Of the picture's own coordinates; a page stretches them to its width."""

MOST_POINTS = 500
"""Points of a line, of which a page of 1280 pixels shows no more."""

MOST_DATES, MOST_VALUES = 8, 5
"""Labels of the two axes."""

LAST_PLACE = 94
"""Percent of the width from which the label of a date stands left of its place, so that it stays on the page."""

MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
"""Distances of the labels of dates."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve: its name, its course by day, and its last value as a reader sees it."""

    name: str
    curve: pd.Series
    last: str = ""
    is_reference: bool = False
    """Whether it is what the others are compared with."""


@dataclass(frozen=True)
class Frame:
    """The days and values that a picture spans."""

    first: pd.Timestamp
    last: pd.Timestamp
    low: float
    high: float

    @classmethod
    def around(cls, lines: Sequence[Line], band: tuple[float, float]) -> "Frame":
        """Return the frame of all lines and of a band, with some room above and below."""
        values = [value for line in lines for value in (line.curve.min(), line.curve.max())]
        low, high = min(*values, *band), max(*values, *band)
        room = 0.04 * (high - low or 1.0)
        days = [line.curve.index for line in lines]
        return cls(min(index[0] for index in days), max(index[-1] for index in days), low - room, high + room)

    def right(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Return how far right days stand, 0 to 1."""
        whole = (self.last - self.first) / pd.Timedelta(days=1)
        return np.asarray((days - self.first) / pd.Timedelta(days=1), float) / (whole or 1.0)

    def down(self, values: np.ndarray) -> np.ndarray:
        """Return how far down values stand, 0 to 1."""
        return (self.high - values) / (self.high - self.low)


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
    frame = Frame.around(known, band)
    marks = list(axis_labels(frame, text))
    legend = html.lines(legend_entry(line, place) for place, line in enumerate(known))
    return html.lines(
        [
            '<figure class="plot">',
            html.element("figcaption", caption),
            html.element("ul", legend, kind="legend"),
            html.element("div", drawing(known, frame, band, caption), html.lines(marks), kind="frame"),
            "</figure>",
        ]
    )


def drawing(lines: Sequence[Line], frame: Frame, band: tuple[float, float], words: str) -> html.Html:
    """Return the lines themselves."""
    above, below, zero = HEIGHT * frame.down(np.array([band[1], band[0], 0.0]))
    parts = [html.element("title", words)]
    for value in round_values(frame.low, frame.high):
        y = HEIGHT * float(frame.down(np.array(value)))
        parts.append(html.Html(f'<line class="grid" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'))
    if below > above:
        parts.append(html.Html(f'<rect class="band" y="{above:.1f}" width="{WIDTH}" height="{below - above:.1f}"/>'))
    parts.append(html.Html(f'<line class="zero" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}"/>'))
    parts += [polyline(line, frame, place) for place, line in enumerate(lines)]
    return html.Html(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img">{"".join(parts)}</svg>'
    )


def polyline(line: Line, frame: Frame, place: int) -> html.Html:
    """Return a curve, its last value among its points."""
    chosen = np.unique(np.linspace(0, len(line.curve) - 1, min(len(line.curve), MOST_POINTS)).round().astype(int))
    values = line.curve.iloc[chosen]
    x, y = WIDTH * frame.right(pd.DatetimeIndex(values.index)), HEIGHT * frame.down(values.to_numpy(float))
    points = " ".join(f"{right:.1f},{down:.1f}" for right, down in zip(x, y, strict=True))
    return html.Html(f'<polyline class="{colour_of(line, place)}" points="{points}"/>')


def colour_of(line: Line, place: int) -> str:
    """Return the class of a line's colour."""
    return "reference" if line.is_reference else f"line-{place % 6}"


def legend_entry(line: Line, place: int) -> html.Html:
    """Return a line's colour, name and last value."""
    stroke = f'<line class="{colour_of(line, place)}" x2="24" y1="4" y2="4"/>'
    swatch = html.Html(f'<svg viewBox="0 0 24 8" aria-hidden="true">{stroke}</svg>')
    return html.element("li", swatch, line.name, " ", html.element("b", line.last))


def axis_labels(frame: Frame, text: Callable[[float], str]) -> Iterator[html.Html]:
    """Yield the labels of both axes, each at its place."""
    for value in round_values(frame.low, frame.high):
        top = 100 * float(frame.down(np.array(value)))
        yield html.Html(f'<span class="value" style="top:{top:.2f}%">{html.escaped(text(value))}</span>')
    for day, words in round_dates(frame.first, frame.last):
        left = 100 * float(frame.right(pd.DatetimeIndex([day]))[0])
        kind = "date end" if left > LAST_PLACE else "date"
        yield html.Html(f'<span class="{kind}" style="left:{left:.2f}%">{html.escaped(words)}</span>')


def round_values(low: float, high: float) -> list[float]:
    """Return the round values from `low` to `high`, at most six.

    >>> round_values(-0.13, 0.42)
    [0.0, 0.2, 0.4]
    """
    rough = (high - low) / MOST_VALUES
    unit = 10.0 ** floor(log10(rough))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= rough * (1 - 1e-9))
    return [round(count * step, 12) for count in range(ceil(low / step), floor(high / step) + 1)]


def round_dates(first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[pd.Timestamp, str]]:
    """Return beginnings of months or years with their labels, at most eight."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in MONTHS if months / step < MOST_DATES), MONTHS[-1])
    starts = pd.date_range(first.normalize().replace(day=1), last, freq="MS")
    chosen = [day for day in starts if day >= first and (12 * day.year + day.month - 1) % step == 0]
    return [(day, f"{day.year}" if step >= 12 else f"{day:%b} {day.year}") for day in chosen]
