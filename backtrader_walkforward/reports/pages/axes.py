"""The axes of a picture on a page: what it spans, and its labels in HTML, which keep their size at every width."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.pages import html

WIDTH, HEIGHT = 1000, 400
"""Of the picture's own coordinates; a page stretches them to its width."""

MOST_DATES, MOST_VALUES = 8, 5
"""Labels of the two axes."""

LAST_PLACE = 94
"""Percent of the width from which the label of a date stands left of its place, so that it stays on the page."""

MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
"""Distances of the labels of dates."""


@dataclass(frozen=True)
class Frame:
    """The days and values that a picture spans."""

    first: pd.Timestamp
    last: pd.Timestamp
    low: float
    high: float

    @classmethod
    def around(cls, curves: Iterable[pd.Series], *values: float) -> "Frame":
        """Return the frame of curves by day and of more values, with some room above and below."""
        curves = list(curves)
        found = [value for curve in curves for value in (curve.min(), curve.max())]
        low, high = min(*found, *values), max(*found, *values)
        room = 0.04 * (high - low or 1.0)
        days = [curve.index for curve in curves]
        return cls(min(index[0] for index in days), max(index[-1] for index in days), low - room, high + room)

    def right(self, days: pd.DatetimeIndex) -> np.ndarray:
        """Return how far right days stand, 0 to 1."""
        whole = (self.last - self.first) / pd.Timedelta(days=1)
        return np.asarray((days - self.first) / pd.Timedelta(days=1), float) / (whole or 1.0)

    def down(self, values: np.ndarray) -> np.ndarray:
        """Return how far down values stand, 0 to 1."""
        return (self.high - values) / (self.high - self.low)

    def points(self, curve: pd.Series) -> str:
        """Return a curve as the points of an SVG line."""
        x, y = WIDTH * self.right(pd.DatetimeIndex(curve.index)), HEIGHT * self.down(curve.to_numpy(float))
        return " ".join(f"{right:.1f},{down:.1f}" for right, down in zip(x, y, strict=True))


def framed(
    shapes: Iterable[html.Html], frame: Frame, text: Callable[[float], str], words: str, kind: str = ""
) -> html.Html:
    """Return shapes over grid lines, with the level 0 and the labels of both axes around them.

    `text` writes a value as a label of the axis has it; `words` say the picture to readers who do not see it.
    """
    grid = [level(frame, value, "grid") for value in round_values(frame.low, frame.high)]
    zero = [level(frame, 0.0, "zero")] if frame.low <= 0 <= frame.high else []
    content = "".join([html.element("title", words), *grid, *zero, *shapes])
    drawn = html.Html(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img">{content}</svg>')
    return html.element("div", drawn, html.lines(axis_labels(frame, text)), kind=f"frame {kind}".strip())


def level(frame: Frame, value: float, kind: str) -> html.Html:
    """Return a line across the picture at a value."""
    y = HEIGHT * float(frame.down(np.array(value)))
    return html.Html(f'<line class="{kind}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')


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
    return [(day, f"{day.year}" if step >= 12 else f"{day:%Y-%m}") for day in chosen]
