"""From the studies of a panel's tickers to its result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

import numpy as np
import pandas as pd

from backtrader_walkforward.data.period import LONGEST_CLOSURE
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.evaluation.portfolios import pooled_portfolios
from backtrader_walkforward.evaluation.ranking_skill import measure_ranking
from backtrader_walkforward.panels.book import BookResult, book_variants, notes_on_books
from backtrader_walkforward.panels.book.apart import books_of
from backtrader_walkforward.panels.days import notes_on_days
from backtrader_walkforward.panels.result import PanelResult
from backtrader_walkforward.panels.significance.assess import assess_panel, best_ticker
from backtrader_walkforward.panels.significance.panel_data import PanelData
from backtrader_walkforward.panels.tasks.studies import Studies
from backtrader_walkforward.panels.tasks.ticker_study import TickerStudy
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.trials import TrialRegistry
from backtrader_walkforward.study.plugin_notes import notes_on_plugins
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.trading.variants import BENCHMARK

BooksOf = Callable[[Studies, Settings, Sequence[str] | None], list[BookResult]]

TABLES = ("forecasts", "returns")

FEWEST_DAYS_A_YEAR = 20
"""Days of a year that a correlation needs."""


def panel_result(
    settings: Settings,
    studies: Studies,
    failed: Mapping[str, str],
    strategies: Sequence[str] | None,
    stages: Stages,
    books_of: BooksOf = books_of,
) -> PanelResult:
    """Return the result of the studies, with the books of the named ranking strategies, of all by default.

    The studies are read four times, one at a time, so that memory does not grow with what they hold. `books_of` runs
    the books here, or in a process of their own (`book.apart`).
    """
    kept = {ticker: Kept.of(study) for ticker, study in studies.items()}
    settings = with_snapshot(settings, kept)
    forecasts, returns = (pd.DataFrame({ticker: getattr(one, name) for ticker, one in kept.items()}) for name in TABLES)
    ranking, tickers, seed = measure_ranking(forecasts, returns), tickers_table(kept), settings.forecast.seed
    books = books_of(studies, settings, strategies)
    equities, market = (study.equity for study in studies.values()), books[-1]
    days = pd.DatetimeIndex(market.equity.index)
    portfolios = pooled_portfolios(equities, settings.trading.cash_rate, days, market.bars_a_year)
    significance, notes = assess_panel(
        portfolios,
        books,
        ranking,
        settings,
        data_of(kept, tickers, days[0]),
        plugins=plugins_of(stages, settings, strategies),
        registry=TrialRegistry(settings.machine.cache_dir),
    )
    accounts = (account for study in studies.values() for account in study.active_accounts)
    return PanelResult(
        settings=settings,
        tickers=tickers,
        failed=failed,
        forecasts=forecasts,
        returns=returns,
        by_year=correlations_by_year(forecasts, returns),
        ranking=ranking,
        portfolios=portfolios,
        books=books,
        significance=significance,
        best_ticker=best_ticker(accounts, pd.DatetimeIndex(forecasts.index[1:]), seed),
        notes=(
            *notes,
            *notes_on_days(tickers, portfolios[BENCHMARK.name]),
            *notes_on_books(books),
            *notes_on_plugins(),
        ),
        studies=studies,
    )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The part of a study that the result of a panel holds in memory."""

    forecasts: pd.Series
    returns: pd.Series
    row: dict[str, Any]
    origin: str
    used_source: str
    prices_sha256: str

    @classmethod
    def of(cls, study: TickerStudy) -> Self:
        """Take the part out of a study."""
        return cls(
            forecasts=study.forecasts,
            returns=study.next_return["next_return"],
            row=ticker_row(study),
            origin=study.origin,
            used_source=study.used_source,
            prices_sha256=study.prices_sha256,
        )


def with_snapshot(settings: Settings, kept: Mapping[str, Kept]) -> Settings:
    """Return the settings with the last day and the digest of the prices: a later panel has the same, or is refused.

    Raises
    ------
    DataError
        If the settings name a digest and the prices have another.
    """
    digest = sha256("".join(f"{ticker} {one.prices_sha256} " for ticker, one in kept.items()).encode()).hexdigest()
    if settings.data.prices_sha256 not in (None, digest):
        raise DataError(
            f"the prices of the panel are others: their SHA-256 digest is {digest[:12]}..., and the settings ask for"
            f" {str(settings.data.prices_sha256)[:12]}... - add --prices-sha256 none to run with them"
        )
    last = max(one.row["last_day"] for one in kept.values()).date()
    end = settings.data.end or (None if settings.panel.csv_folder else last)
    return settings.replace(prices_sha256=digest, end=end)


def tickers_table(kept: Mapping[str, Kept]) -> pd.DataFrame:
    """Return a row a ticker; `ended` tells whether its prices end before those of the others."""
    table = pd.DataFrame.from_dict({ticker: one.row for ticker, one in kept.items()}, orient="index")
    left = table["last_day"].max() - table["last_day"]
    return table.assign(ended=left > pd.Timedelta(days=LONGEST_CLOSURE)).rename_axis("ticker")


def data_of(kept: Mapping[str, Kept], tickers: pd.DataFrame, start: pd.Timestamp) -> PanelData:
    """Return what the panel, which begins on `start`, was tested on; prices of the sample alone are the sample's."""
    origins, sources = ({getattr(one, name) for one in kept.values()} for name in ("origin", "used_source"))
    return PanelData(
        tickers=tuple(kept),
        origin=", ".join(sorted(origins)),
        used_source="sample" if sources == {"sample"} else min(sources - {"sample"}),
        ended=tuple(tickers.index[tickers["ended"] & (tickers["last_day"] > start)]),
    )


def plugins_of(stages: Stages, settings: Settings, strategies: Sequence[str] | None) -> dict[str, list[type]]:
    """Return the strategy and the predictors of each variant without a passive part, by its name."""
    *ranking, _ = book_variants(settings, strategies)
    pure = [variant for variant in (*stages.variants, *ranking) if variant.active_share == 1]
    return {variant.name: [variant.strategy, *map(type, stages.members)] for variant in pure}


def ticker_row(study: TickerStudy) -> dict[str, Any]:
    """Return the row of a ticker in `PanelResult.tickers`."""
    best, hold, days = study.measures[0], study.measures[-1], study.equity.index
    return {
        "first_day": days[0],
        "last_day": days[-1],
        "days": len(days),
        "source": study.used_source,
        "best": best["name"],
        "total_return": best["total_return"],
        "sharpe": best["sharpe"],
        "benchmark_return": hold["total_return"],
        "correlation": study.forecasts.corr(study.next_return["next_return"]),
        "turnover": best["turnover"],
        "costs": best["costs"],
        "fills": best["fills"],
        "notes": " ".join(f"{note}." for note in study.notes),
    }


def correlations_by_year(forecasts: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """Return the correlation of forecast and return of each ticker in each year, (tickers, years).

    NaN for fewer than 20 days, and where one of the two did not move.
    """
    years = pd.DatetimeIndex(forecasts.index).year
    known = forecasts.where(returns.notna())
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                year: known[years == year]
                .corrwith(returns[years == year])
                .where(known[years == year].count() >= FEWEST_DAYS_A_YEAR)
                for year in dict.fromkeys(years)
            }
        ).rename_axis("ticker")
