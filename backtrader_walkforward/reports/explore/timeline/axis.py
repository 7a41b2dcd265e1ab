"""The axis of time that the charts share, with the days that they draw and the variants that they show at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    CrosshairTool,
    GlyphRenderer,
    HoverTool,
    NumeralTickFormatter,
    Range1d,
    ResetTool,
    Span,
)
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import BacktestResult, Comparison, NullBand
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.look import date_format, style, unit_title
from backtrader_walkforward.reports.explore.timeline.days import Columns, day_columns
from backtrader_walkforward.reports.explore.tooltips import tooltip
from backtrader_walkforward.reports.formatting import display_name

MARGIN = 0.06
"""Share of its height that a chart leaves free above and below its curves."""

DAY = 864e5
"""A day in milliseconds, in which Bokeh counts time."""

LEAST_HEIGHT = 1e-3
"""Height of the axis of a curve that does not move."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A curve of the charts: the page's script shows another variant in it when the reader chooses one."""

    name: str
    place: int
    """Place of the variant that it shows at first."""
    label: str
    colour: str
    dash: str
    width: float
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The axis of time. Zooming one of its charts zooms all, and one crosshair goes through all of them."""

    source: ColumnDataSource
    x_range: Range1d
    crosshair: Span
    results: tuple[BacktestResult, ...]
    """What the charts can show: as ranked, the benchmark last."""
    slots: tuple[Slot, ...]
    """The benchmark first, so that the chosen variants are drawn above it; the variant in detail last."""

    @classmethod
    def of(cls, comparison: Comparison, market: Columns, bands: Mapping[str, NullBand]) -> Self:
        """Return the axis of a comparison, from its first to its last day, with further columns of its days."""
        results = comparison.results
        first, last = (day.value / 1e6 for day in results[-1].equity.index[[0, -1]])
        room = max(last - first, DAY) * 0.01
        return cls(
            source=ColumnDataSource(day_columns(results, bands) | market, name="days"),
            x_range=Range1d(first - room, last + room, name="window", bounds=(first - room, last + room)),
            crosshair=Span(dimension="height", line_color=palette.MUTED, line_dash="dotted", line_width=1),
            results=results,
            slots=tuple(slots_of(results)),
        )

    @property
    def best(self) -> BacktestResult:
        """The variant that is shown in detail at first."""
        return self.results[0]

    @property
    def detail(self) -> Slot:
        """The curve of the variant that is shown in detail."""
        return self.slots[-1]

    def plot(self, name: str, *, height: int, form: str, unit: str = "", **options: Any) -> figure:
        """Return an empty chart on the axis; `form` is that of its numbers, and `unit` stands above them."""
        plot = figure(
            name=name,
            height=height,
            sizing_mode="stretch_width",
            x_range=self.x_range,
            x_axis_type="datetime",
            toolbar_location=None,
            tools=[BoxZoomTool(dimensions="width"), ResetTool(), CrosshairTool(overlay=self.crosshair)],
            min_border_left=58,
            **options,
        )
        plot.yaxis.formatter = NumeralTickFormatter(format=form)
        plot.yaxis.ticker.desired_num_ticks = 5
        plot.xaxis.formatter = date_format()
        style(plot)
        if unit:
            plot.add_layout(unit_title(unit), "above")
        return plot

    def curves(self, plot: figure, measure: str) -> list[GlyphRenderer]:
        """Draw a measure of every slot, and return the curves."""
        return [
            plot.line(
                "date",
                f"{measure}_{slot.place}",
                source=self.source,
                name=f"{measure}:{slot.name}",
                line_color=slot.colour,
                line_dash=slot.dash,
                line_width=slot.width,
                visible=slot.is_shown,
            )
            for slot in self.slots
        ]

    def hover(self, plot: figure, curve: GlyphRenderer, measure: str, form: str) -> None:
        """Show the measure of each slot under the pointer; the day is found by one curve."""
        shown = [(slot.label, f"@{measure}_{slot.place}{{{form}}}") for slot in reversed(self.slots) if slot.is_shown]
        self.tooltips(plot, curve, shown, name=f"{measure}:hover", tags=[measure, form])

    def tooltips(self, plot: figure, curve: GlyphRenderer, lines: list[tuple[str, str]], **options: Any) -> None:
        """Show lines of the day under the pointer."""
        days = {"@date": "datetime"}
        tips = tooltip([("Day", "@date{%F}"), *lines])
        plot.add_tools(HoverTool(renderers=[curve], tooltips=tips, formatters=days, mode="vline", **options))

    def fit(self, plot: figure, *measures: str) -> None:
        """Give the chart the height of what it shows at first."""
        shown = [f"{measure}_{slot.place}" for measure in measures for slot in self.slots if slot.is_shown]
        self.fit_columns(plot, *shown)

    def fit_columns(self, plot: figure, *names: str) -> None:
        """Give the chart the height of these columns."""
        low, high = height_of(np.concatenate([self.source.data[name] for name in names]))
        plot.y_range = Range1d(low, high)


def slots_of(results: Sequence[BacktestResult]) -> Iterator[Slot]:
    """Yield the slots: buy & hold, then the chosen variants, of which the best one alone is shown at first."""
    last = len(results) - 1
    yield Slot(
        name="benchmark",
        place=last,
        label=display_name(results[last].name),
        colour=palette.BENCHMARK,
        dash="solid",
        width=1.4,
        is_shown=True,
    )
    for number in reversed(range(len(palette.CURVES))):
        place = min(number, last)
        yield Slot(
            name=str(number),
            place=place,
            label=display_name(results[place].name),
            colour=palette.CURVES[number],
            dash=palette.DASHES[number],
            width=2.2 if number == 0 else 1.6,
            is_shown=number == 0,
        )


def height_of(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis for these values, with a margin; what is not known does not count.

    >>> height_of(np.array([0.0, np.nan, 10.0]))
    (-0.6, 10.6)
    """
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    room = max(high - low, LEAST_HEIGHT * max(abs(high), 1.0)) * MARGIN
    return low - room, high + room


def table_days(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the days of a table behind a chart: the last one of each month."""
    return pd.DatetimeIndex(days.to_series().groupby([days.year, days.month]).last())
