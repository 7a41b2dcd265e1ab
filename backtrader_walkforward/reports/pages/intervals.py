"""Intervals of Sharpe ratios as small pictures, all on one scale on which 0 and the benchmark are marked."""

from dataclasses import dataclass

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.formatting import UNDEFINED, interval, number
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.significance import Significance

WIDTH, HEIGHT, MARGIN = 150, 22, 5


@dataclass(frozen=True)
class Scale:
    """The one scale of all intervals, and the Sharpe ratio of the benchmark."""

    low: float
    high: float
    benchmark: float | None

    def position(self, value: float) -> str:
        """Return where a Sharpe ratio stands, from the left edge of a picture."""
        share = (value - self.low) / (self.high - self.low or 1.0)
        return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.1f}"


def scale_of(comparison: Comparison, significance: Significance) -> Scale:
    """Return the scale that holds every interval, every Sharpe ratio and 0."""
    ratios = [result.metrics.sharpe for result in comparison.results]
    ends = [significance.variant(result.name).sharpe_interval or () for result in comparison.ranked]
    every = [0.0, *(ratio for ratio in ratios if ratio is not None), *(end for pair in ends for end in pair)]
    return Scale(min(every), max(every), comparison.benchmark.metrics.sharpe)


def marks(scale: Scale) -> str:
    """Return the lines at 0 and at the benchmark."""
    zero = line("zero", scale.position(0.0), scale.position(0.0))
    hold = scale.position(scale.benchmark) if scale.benchmark is not None else None
    return zero + (line("hold", hold, hold) if hold else "")


def line(kind: str, left: str, right: str, top: float = 0, bottom: float = HEIGHT) -> str:
    """Return a line of a picture."""
    return f'<line class="{kind}" x1="{left}" x2="{right}" y1="{top}" y2="{bottom}"/>'


def scale_legend(scale: Scale, benchmark: str) -> html.Html:
    """Return what the lines of the pictures are, in words."""
    hold = "" if scale.benchmark is None else f", dashed {benchmark.lower()} {number(scale.benchmark)}"
    return html.element("small", f"line at 0{hold}")


def interval_glyph(ends: tuple[float, float] | None, sharpe: float | None, scale: Scale) -> html.Html:
    """Return an interval as a bar and its Sharpe ratio as a dot, with its lower end to sort by."""
    if sharpe is None:
        return html.Html(f'<data value="">{UNDEFINED}</data>')
    middle, lowest = HEIGHT / 2, ends[0] if ends else sharpe
    bar = line("known", scale.position(ends[0]), scale.position(ends[1]), middle, middle) if ends else ""
    words = f"{number(sharpe)}, {interval(ends)}" if ends else number(sharpe)
    return html.Html(
        f'<data value="{lowest!r}"><svg class="interval" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{words}"><title>{words}</title>{marks(scale)}{bar}'
        f'<circle cx="{scale.position(sharpe)}" cy="{middle}" r="3.5"/></svg></data>'
    )
