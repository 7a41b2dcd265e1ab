"""The tables of a panel, for its page, the terminal and a notebook."""

from collections.abc import Callable
from itertools import islice

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.columns import figure_text, heading_of, measures_of, ranking_metrics
from backtrader_walkforward.reports.formatting import UNDEFINED, number, percent
from backtrader_walkforward.reports.panel.summary import PanelSummary, split_portfolios
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.reports.sections.costs import capital_of
from backtrader_walkforward.settings.variant_names import name_text

Label = Callable[[str], str]
"""The name of a book or a portfolio as a table shows it."""


def books_table(comparison: Comparison, most: int | None = None, label: Label = name_text) -> Table:
    """Return the books as ranked, the benchmark last, with the first metrics of the ranking, `most` of them."""
    metrics = dict(islice(ranking_metrics(comparison.best).items(), most))
    benchmark = comparison.benchmark.name.replace("_", " ")
    rows = []
    for result in comparison.results:
        measures = measures_of(result)
        figures = (figure_text(metric, measures[key]) for key, metric in metrics.items())
        answers = ["", ""]
        if result is not comparison.benchmark:
            answers = [yes(comparison.beats_benchmark(result)), yes(comparison.beats_benchmark_sharpe(result))]
        rows.append([label_of(result, comparison, label), result.kind, *figures, *answers])
    beats = [f"Beats {benchmark}\nin return", "\nin Sharpe"]
    return Table(
        headings=["Book", "Type", *map(heading_of, metrics.values()), *beats], rows=rows, title="Books", folded=False
    )


def yes(answer: bool | None) -> str:
    """Return an answer in a word."""
    return UNDEFINED if answer is None else "yes" if answer else "no"


def label_of(result: BacktestResult, comparison: Comparison, label: Label) -> str:
    """Return the name of a book, the benchmark marked."""
    return f"{label(result.name)} (benchmark)" if result is comparison.benchmark else label(result.name)


def costs_table(comparison: Comparison) -> Table:
    """Return turnover and costs of the books, costs as a share of the capital."""
    results = comparison.results
    columns = {
        "Turnover\na year": [number(result.metrics.get("turnover"), 1) for result in results],
        "Fills": [f"{len(result.fills):,}" for result in results],
        "Commission": [percent(result.costs.commission / capital_of(result)) for result in results],
        "Slippage": [percent(result.costs.slippage / capital_of(result)) for result in results],
        "Borrowing": [percent(result.costs.borrowing / capital_of(result)) for result in results],
        "All costs": [percent(result.costs.paid / capital_of(result)) for result in results],
        "Interest\non cash": [percent(result.costs.cash_interest / capital_of(result)) for result in results],
    }
    rows = list(zip((label_of(result, comparison, name_text) for result in results), *columns.values(), strict=True))
    return Table(headings=("Book", *columns), rows=rows, title="Costs of the books", folded=False)


def portfolios_table(panel: PanelSummary, label: Label = name_text) -> Table:
    """Return the pooled portfolios by Sharpe ratio, buy & hold last; the return a year of a year and more."""
    ranked, market = split_portfolios(panel)
    portfolios, is_a_year = [*ranked, market], len(market.returns) >= market.bars_a_year
    columns = {
        "Portfolio over all tickers": [*(label(one.name) for one in ranked), f"{label(market.name)} (benchmark)"],
        "Return": [percent(one.total_return) for one in portfolios],
        **({"Return\na year": [percent(one.annual_return) for one in portfolios]} if is_a_year else {}),
        "Sharpe": [number(one.sharpe) for one in portfolios],
        "Max\ndrawdown": [percent(one.max_drawdown) for one in portfolios],
    }
    rows = list(map(list, zip(*columns.values(), strict=True)))
    return Table(headings=list(columns), rows=rows, title="Portfolios", folded=False)


def failed_table(panel: PanelSummary) -> Table:
    """Return the tickers that have no study, and why."""
    return Table(
        headings=("Ticker", "Why it was left out"),
        rows=[list(pair) for pair in sorted(panel.failed.items())],
        title="Tickers that were left out",
        folded=False,
    )
