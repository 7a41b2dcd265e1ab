"""What `index.html` says of luck: the warnings, the figures, and how far each Sharpe ratio is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backtrader_walkforward.reports.formatting import UNDEFINED, display_name, number, p_value, percent
from backtrader_walkforward.reports.pages import plain_text, yes_or_no

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.significance import Significance

PLOT_WIDTH, PLOT_HEIGHT = 110, 24


def warnings_list(significance: Significance) -> str:
    """Return the warnings as HTML, nothing if there are none."""
    if not significance.warnings:
        return ""
    entries = "\n".join(f"<li>{plain_text(warning)}</li>" for warning in significance.warnings)
    return f'<ul class="warnings">\n{entries}\n</ul>'


def figures_of_the_best(comparison: Comparison, significance: Significance) -> dict[str, str]:
    """Return how far the winner's Sharpe ratio may be luck."""
    best = significance.variant(comparison.best.name)
    needed = best.minimum_track_record_years
    return {
        "Sharpe ratio": number(comparison.best.metrics.sharpe),
        "95 % interval": interval(best.sharpe_interval),
        "Chance that it is above 0 (probabilistic Sharpe ratio)": percent(best.probabilistic_sharpe_ratio, 1),
        "Chance that it is above luck (deflated Sharpe ratio)": percent(significance.deflated_sharpe_ratio, 1),
        "Chance that it adds to the market (deflated appraisal ratio)": percent(
            significance.deflated_appraisal_ratio, 1
        ),
        "Record needed to tell it from 0": f"{number(needed, 1)} years" if needed else UNDEFINED,
    }


def figures_of_the_ranking(comparison: Comparison, significance: Significance) -> dict[str, str]:
    """Return how far the ranking may be luck."""
    tied, moved = len(significance.confidence_set), sum(r.metrics.sharpe is not None for r in comparison.ranked)
    band = f", without skill {interval(significance.overfitting_band, 2)}" if significance.overfitting_band else ""
    return {
        "Trials counted": number(significance.trials, 0),
        "Sharpe ratio of the best of them without skill": number(significance.expected_best_sharpe),
        "No variant better than buy & hold (Hansen's SPA)": p_value(significance.superior_predictive_ability),
        "Probability of backtest overfitting": f"{number(significance.overfitting)}{band}",
        "Not to be told from the best (confidence set)": f"{tied} of {moved}" if tied else UNDEFINED,
        "Years that so many trials need (Sharpe ratio of 1)": number(significance.minimum_backtest_years, 1),
    }


def interval(ends: tuple[float, float] | None, digits: int = 1) -> str:
    """Return an interval as text.

    >>> interval((-1.84, 3.02))
    '-1.8 to 3.0'
    """
    return f"{number(ends[0], digits)} to {number(ends[1], digits)}" if ends else UNDEFINED


def significance_cells(comparison: Comparison, significance: Significance, measures: Mapping[str, Any]) -> str:
    """Return the cells with the interval of a variant's Sharpe ratio and whether it could be the best."""
    plot = interval_plot(comparison, significance, measures["name"], measures["sharpe"])
    return f"<td>{plot}</td><td>{yes_or_no(significance.variant(measures['name']).in_confidence_set)}</td>"


def title_of_the_best(comparison: Comparison) -> str:
    """Return the heading above the winner's figures, as HTML."""
    return f"The best: {plain_text(display_name(comparison.best.name))}"


def interval_plot(comparison: Comparison, significance: Significance, name: str, sharpe: float | None) -> str:
    """Return a variant's interval as a small picture: its line, its dot, and ticks at 0 and at what luck would show.

    All variants share one scale, which holds every interval.
    """
    ends = significance.variant(name).sharpe_interval
    if ends is None or sharpe is None:
        return ""
    known = [significance.variant(result.name).sharpe_interval or (0.0, 0.0) for result in comparison.ranked]
    by_luck = significance.expected_best_sharpe or 0.0
    low, high = min(0.0, *(ends[0] for ends in known)), max(by_luck, *(ends[1] for ends in known))
    left, right, dot, zero, chance = (
        f"{2 + (value - low) / (high - low or 1.0) * (PLOT_WIDTH - 4):.1f}" for value in (*ends, sharpe, 0.0, by_luck)
    )
    middle = PLOT_HEIGHT // 2
    return (
        f'<svg class="interval" viewBox="0 0 {PLOT_WIDTH} {PLOT_HEIGHT}" role="img">'
        f"<title>{plain_text(interval(ends))}</title>"
        f'<line class="zero" x1="{zero}" x2="{zero}" y1="0" y2="{PLOT_HEIGHT}"/>'
        f'<line class="luck" x1="{chance}" x2="{chance}" y1="0" y2="{PLOT_HEIGHT}"/>'
        f'<line class="known" x1="{left}" x2="{right}" y1="{middle}" y2="{middle}"/>'
        f'<circle cx="{dot}" cy="{middle}" r="3"/></svg>'
    )
