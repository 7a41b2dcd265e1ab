"""The files of a panel for programs: `results.json` and the CSV files, made in pieces so that memory does not grow."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from backtrader_walkforward import __version__
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.reports.columns import measures_of, ranking
from backtrader_walkforward.reports.data_files import json_text, to_csv
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of, comparison_of
from backtrader_walkforward.reports.sections.significance import significance_entry

SCHEMA_VERSION = 1
"""Version of the keys of a panel's `results.json`; it grows where a key goes or changes its meaning."""

FILL_COLUMNS = ["date", "strategy", "account", "ticker", "size", "price", "commission"]

ROWS_OF_A_PIECE = 20_000
"""Rows that become text at once."""


def panel_json(panel: PanelSummary) -> str:
    """Return the panel as JSON text; the same panel gives the same text.

    Returns are fractions, drawdowns negative fractions, Sharpe ratios annual, dates ISO; what is undefined is null.
    """
    comparison, days = comparison_of(panel), buy_and_hold_of(panel).equity.index
    entry: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "package_version": __version__,
        "model": panel.model,
        "test": {"first_date": days[0], "last_date": days[-1], "days": len(days)},
        "seed": panel.settings.forecast.seed,
        "settings": dict(sorted(panel.settings.result_settings().items())),
        "significance": significance_entry(panel.significance),
        "best_ticker": panel.best_ticker and asdict(panel.best_ticker),
        "ranking": ranking_entry(panel),
        **(books_entry(comparison) if comparison else {"books": []}),
        "portfolios": [portfolio_entry(portfolio) for portfolio in panel.portfolios.values()],
        "tickers": [{"ticker": name, **row} for name, row in panel.tickers.to_dict("index").items()],
        "failed": dict(sorted(panel.failed.items())),
        "notes": list(panel.notes),
    }
    return json_text(entry)


def books_entry(comparison: Comparison) -> dict[str, Any]:
    """Return the figures and the costs of the books, the best first, and of their benchmark."""
    *ranked, benchmark = [
        measures | {"costs": asdict(result.costs)}
        for measures, result in zip(book_rows(comparison), comparison.results, strict=True)
    ]
    return {"best_book": comparison.best.name, "benchmark": benchmark, "books": ranked}


def book_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the figures of the books as ranked, the benchmark last."""
    return [*ranking(comparison), measures_of(comparison.benchmark)]


def ranking_entry(panel: PanelSummary) -> dict[str, Any]:
    """Return how well the forecasts rank the tickers, in figures."""
    skill = panel.ranking
    return {
        "mean_ic": skill.mean_ic,
        "t_ratio": skill.t_ratio,
        "p_value": skill.p_value,
        "days": len(skill.ic),
        "hit_rate": skill.hit_rate,
        "fifths": skill.fifths.to_dict(),
        "spread": skill.spread,
        "spread_t_ratio": skill.spread_t_ratio,
        "by_year": [{"year": year, **row} for year, row in skill.by_year.to_dict("index").items()],
    }


def portfolio_entry(portfolio: Portfolio) -> dict[str, Any]:
    """Return the figures of a portfolio by name."""
    figures = ("total_return", "annual_return", "sharpe", "max_drawdown")
    return {"name": portfolio.name} | {name: getattr(portfolio, name) for name in figures}


def csv_files(panel: PanelSummary) -> dict[str, Iterable[str]]:
    """Return the text of every CSV file in pieces, by the file's name."""
    comparison = comparison_of(panel)
    portfolios = [portfolio_entry(portfolio) for portfolio in panel.portfolios.values()]
    books: dict[str, Iterable[str]] = {}
    if comparison:
        books["books.csv"] = pieces([pd.DataFrame(book_rows(comparison))])
        books["fills.csv"] = pieces(fills_tables(comparison))
    return books | {
        "portfolios.csv": pieces([pd.DataFrame(portfolios)]),
        "tickers.csv": pieces([panel.tickers.rename_axis("ticker").reset_index()]),
        "by_year.csv": pieces([panel.by_year.rename_axis("ticker").reset_index()]),
        "ic.csv": pieces([panel.ranking.ic.rename("ic").rename_axis("date").reset_index()]),
        "equity.csv": pieces([equity_table(panel)]),
        "forecasts.csv": pieces(forecast_tables(panel)),
    }


def equity_table(panel: PanelSummary) -> pd.DataFrame:
    """Return the equity at each close of each `book/NAME` and each `portfolio/NAME`, all on the same days."""
    curves = {f"book/{book.name}": book.equity for book in panel.books}
    curves |= {f"portfolio/{portfolio.name}": portfolio.equity for portfolio in panel.portfolios.values()}
    return pd.DataFrame(curves).rename_axis("date").reset_index()


def fills_tables(comparison: Comparison) -> Iterator[pd.DataFrame]:
    """Yield the fills of each book as ranked, the benchmark last, by date."""
    yield pd.DataFrame(columns=FILL_COLUMNS)
    for book in comparison.results:
        yield book.fills.assign(strategy=book.name)[FILL_COLUMNS]


def forecast_tables(panel: PanelSummary) -> Iterator[pd.DataFrame]:
    """Yield the forecasts of each ticker, with the return that each is of; empty where that is not known."""
    for ticker in panel.forecasts:
        known = panel.forecasts[ticker].dropna()
        yield pd.DataFrame(
            {
                "date": known.index,
                "ticker": ticker,
                "predicted_return": known.to_numpy(),
                "return": panel.returns[ticker].reindex(known.index).to_numpy(),
            }
        )


def pieces(tables: Iterable[pd.DataFrame]) -> Iterator[str]:
    """Yield tables of the same columns, one below the other, as CSV text; the headings once."""
    for place, table in enumerate(tables):
        if place == 0:
            yield to_csv(table.iloc[:0])
        for start in range(0, len(table), ROWS_OF_A_PIECE):
            yield to_csv(table.iloc[start : start + ROWS_OF_A_PIECE], header=False)
