"""The result of a run on the terminal: one screen, or with details all that the report says."""

from collections.abc import Sequence

from rich.table import Table as RichTable
from rich.text import Text

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.columns import (
    BENCHMARK,
    BEST,
    NEVER_TRADED,
    hybrid_legend,
    marks_of,
    ranking_table,
)
from backtrader_walkforward.reports.formatting import UNDEFINED, number, percent, period_text
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table, first_sentence
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.variant_names import name_text

MOST_ROWS = 12
"""Variants that a screen has room for; of more it shows the best, `FEWER_ROWS` of them."""

FEWER_ROWS = 8


def print_summary(terminal: Terminal, summary: RunSummary) -> None:
    """Print the answer and its reason, the ranking, the best variant, figures, warnings, and the sections in brief."""
    significance, sections = summary.significance, sections_of(summary)
    _, *reasons = significance.verdict.splitlines()
    terminal.says("")
    terminal.heading(significance.headline)
    source = [summary.prices.source] if terminal.quiet else []  # else it stands among the prices, above
    terminal.says(*reasons[:1], *source, "")
    print_ranking(terminal, summary)
    terminal.says("")
    terminal.heading(best_text(summary.comparison))
    terminal.says(*reasons[1:])
    warnings = significance.warnings if terminal.details else map(first_sentence, significance.warnings)
    terminal.says(*(f"Warning: {text}" for text in warnings))
    for section in sections:
        print_section(terminal, section)


def print_section(terminal: Terminal, section: Section) -> None:
    """Print a section: in brief, or with details its sentences and tables."""
    terminal.says(*(section.sentences if terminal.details else section.on_one_screen))
    for table in section.tables if terminal.details else ():
        if table.on_terminal:
            terminal.figures(table.headings, table.rows)


def print_ranking(terminal: Terminal, summary: RunSummary) -> None:
    """Print the ranking and, where it is long, how many variants only the report shows."""
    comparison = summary.comparison
    ranking = ranking_table(comparison) if terminal.is_wide else narrow_table(comparison)
    is_long = len(comparison.ranked) > MOST_ROWS and not terminal.details
    left = comparison.ranked[FEWER_ROWS:] if is_long else ()
    rows = [*ranking.rows[:FEWER_ROWS], ranking.rows[-1]] if is_long else ranking.rows
    table = terminal.table_of(ranking.headings, rows, words=2)
    table.title = Text(title_of(summary), style="bold")
    table.title_justify = "left"
    terminal.table(with_rules(table, len(comparison.traded)))
    terminal.says(*filter(None, [hybrid_legend(comparison)]))
    if left:
        beat = sum(comparison.beats_benchmark(result) for result in left)
        terminal.says(f"{len(left)} more variants, of which {beat} returned more than buy & hold: see --details.")


def title_of(summary: RunSummary) -> str:
    """Return the ticker and the days of a ranking."""
    dates = period_text(summary.comparison.benchmark.equity)
    return f"{summary.prices.ticker}, {dates}, ranked by Sharpe ratio"


def with_rules(table: RichTable, traded: int) -> RichTable:
    """Return the ranking with rules below what has traded and above buy & hold; figures are never broken."""
    if traded:
        table.rows[0].style = "bold"
        table.rows[min(traded, len(table.rows) - 1) - 1].end_section = True
    table.rows[-2].end_section = True
    for column in table.columns[1:]:
        column.no_wrap = True
    return table


def narrow_table(
    comparison: Comparison, what: str = "Strategy", benchmark: str = BENCHMARK, beats: str = "Beats\nB&H"
) -> Table:
    """Return a ranking in 80 columns: four figures, and in what each variant beats the benchmark."""
    rows = [
        [
            best_marked(comparison, result),
            result.kind.removesuffix(" split"),
            *headline(result),
            beaten(comparison, result),
        ]
        for result in comparison.ranked
    ]
    hold = comparison.benchmark
    headings = [what, "Type", "Return", "Sharpe", "Max\ndrawdown", "Win\nrate", beats]
    return Table(
        headings=headings, rows=[*rows, [benchmark, hold.kind, *headline(hold), ""]], title="Ranking", folded=False
    )


def best_marked(comparison: Comparison, result: BacktestResult) -> str:
    """Return the name of a variant in words, with the mark of the best one; other marks stand in the last column."""
    is_best = BEST in marks_of(comparison, result)
    return f"{name_text(result.name)} {BEST}" if is_best else name_text(result.name)


def headline(result: BacktestResult) -> Sequence[str]:
    """Return the return, Sharpe ratio, maximum drawdown and win rate of a variant."""
    metrics = result.metrics
    return (
        percent(metrics.total_return),
        number(metrics.sharpe),
        percent(metrics.max_drawdown),
        percent(metrics.win_rate),
    )


def beaten(comparison: Comparison, result: BacktestResult) -> str:
    """Return in what a variant is ahead of buy & hold: return, Sharpe ratio, both or none; or that it is not ranked."""
    if result.metrics.get("bankrupt"):
        return "bankrupt"
    if result.never_traded:
        return NEVER_TRADED
    answers = {"return": comparison.beats_benchmark(result), "Sharpe": comparison.beats_benchmark_sharpe(result)}
    if None in answers.values():
        return UNDEFINED
    ahead = [name for name, answer in answers.items() if answer]
    return "both" if len(ahead) == len(answers) else "".join(ahead) or "none"


def best_text(comparison: Comparison) -> str:
    """Return which variant is the best, or why none is called so."""
    if not comparison.traded:
        return "NO VARIANT TRADED, AND NONE HAS A RANK"
    title = "BEST STRATEGY" if comparison.best_is_earned else f"HIGHEST SHARPE RATIO, {doubt_of(comparison)}"
    return f"{title}: {name_text(comparison.best.name).upper()}"


def doubt_of(comparison: Comparison) -> str:
    """Return why the variant with the highest Sharpe ratio is not called the best."""
    if comparison.best_has_traded:
        return "NONE ABOVE 0"
    return "ACTIVE ACCOUNT HARDLY INVESTED" if comparison.best.metrics.trades else "NO CLOSED TRADE"
