"""Market regimes: the results on the days of each."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import Comparison, RegimeResults
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.settings.choices import UNKNOWN_REGIME
from backtrader_walkforward.system.text import pluralize

PLACE = 70

KINDS = {"trend": "trend", "volatility": "volatility", "markov": "Markov state"}
"""Name of each of `choices.REGIMES` in sentences."""


def section(summary: RunSummary) -> Section:
    """Return the section; empty where no regime was asked for."""
    found = summary.diagnostics.regimes
    if not found:
        return Section(entry={"regimes": None})
    kinds = [list(regimes) for _, regimes in groupby(found, key=lambda one: one.kind)]
    return Section(
        title="Results by market regime",
        sentences=[regimes_text(summary.comparison, regimes) for regimes in kinds],
        brief=(),
        tables=[regimes_table(summary.comparison, regimes) for regimes in kinds],
        entry={"regimes": [asdict(one) for one in found]},
    )


def regimes_text(comparison: Comparison, regimes: Sequence[RegimeResults]) -> str:
    """Return the returns of the best variant and of buy & hold in each regime of a kind."""
    best, hold, bar = comparison.best.name, comparison.benchmark.name, name_of_bar(comparison.best.bars_a_year)
    parts = [
        f"{regime_name(one)} ({pluralize(one.days, bar)}) {percent(one.total_return[best])} and"
        f" {percent(one.total_return[hold])}"
        for one in regimes
    ]
    return f"By {KINDS[regimes[0].kind]}, {display_name(best)} and buy & hold returned: {'; '.join(parts)}."


def regime_name(one: RegimeResults) -> str:
    """Return the name of a regime in words: `high volatility`; of the days in none `trend unknown`."""
    return f"{KINDS[one.kind]} unknown" if one.regime == UNKNOWN_REGIME else one.regime.replace("_", " ")


def regimes_table(comparison: Comparison, regimes: Sequence[RegimeResults]) -> Table:
    """Return a table with a row for each variant, buy & hold last, and a column for each regime of a kind."""
    names, bar = [result.name for result in comparison.results], name_of_bar(comparison.best.bars_a_year)
    columns = {
        f"{regime_name(one)}, {pluralize(one.days, bar)}\nreturn / Sharpe": [
            f"{percent(one.total_return[name])} / {number(one.sharpe[name])}" for name in names
        ]
        for one in regimes
    }
    return Table.of_variants(names, columns, title=f"All variants by {KINDS[regimes[0].kind]}")
