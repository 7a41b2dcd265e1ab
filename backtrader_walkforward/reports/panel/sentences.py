"""The findings of a panel in words, for its page and the terminal."""

from collections.abc import Iterator

import pandas as pd

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation.metrics import NORMAL_95
from backtrader_walkforward.reports.formatting import number
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of
from backtrader_walkforward.settings.groups import MODELS
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.verdict.luck_sentences import luck_text
from backtrader_walkforward.system.text import first_of, pluralize

BENCHMARKS = (
    "Two benchmarks. Equal weight is a book: one account that trades to hold equal parts of all tickers with a"
    " forecast, and pays for it. Buy & hold is a portfolio: each ticker is bought once and held, and the parts are"
    " equal again each day at no cost. It is the market that the verdict compares with."
)
"""The difference of the benchmarks of books and of portfolios, for where both stand."""

SOURCES = {"csv": "CSV files", "sample": "the bundled sample", "yahoo": "Yahoo Finance"}
"""Where the prices of a ticker come from, in words."""


def title_of(panel: PanelSummary) -> str:
    """Return what the panel is: its tickers and its model."""
    tickers = pluralize(len(traded_tickers(panel)), "ticker")
    return f"Panel of {tickers}, {MODELS[panel.model]}"


def bar_of(panel: PanelSummary) -> str:
    """Return the name of a bar: day, week or month."""
    return name_of_bar(buy_and_hold_of(panel).bars_a_year)


def best_ticker_text(panel: PanelSummary) -> str:
    """Return what the best of all tickers is worth, given that it was picked; nothing without a test."""
    test = panel.best_ticker
    if test is None:
        return ""
    ticker, _, name = test.account.partition(" ")
    return (
        f"The best single account, {name_text(name)} of {ticker}, has a t-ratio of {number(test.t_ratio)}. It was"
        f" picked out of {pluralize(test.accounts, 'account')}. {luck_text(test)}"
    )


def traded_tickers(panel: PanelSummary) -> pd.DataFrame:
    """Return the rows of the tickers that have a day in the panel: the others ended before it begins."""
    tickers = panel.tickers
    return tickers[~(tickers["ended"] & (tickers["last_day"] <= buy_and_hold_of(panel).start))]


def tickers_text(panel: PanelSummary) -> str:
    """Return whose prices these are, from where, how many end early, and which are no part of the panel."""
    tickers = traded_tickers(panel)
    sources = " and ".join(SOURCES[name] for name in sorted(set(tickers["source"])))
    parts = [
        f"{pluralize(len(tickers), 'ticker')} known today ({first_of(list(map(str, tickers.index)))}) from {sources}"
    ]
    ended = int(tickers["ended"].sum())
    parts += [f"{ended} of them ended before the others"] if ended else []
    parts += [f"{len(panel.failed)} more could not be studied"] if panel.failed else []
    return " ".join([f"{', '.join(parts)}.", *over_text(panel)])


def over_text(panel: PanelSummary) -> Iterator[str]:
    """Yield which tickers were studied and are no part of the panel, since they ended before it begins."""
    over = [str(ticker) for ticker in panel.tickers.index.difference(traded_tickers(panel).index)]
    if over:
        have = "is" if len(over) == 1 else "are"
        yield f"{first_of(over)} ended before the panel begins, and {have} in no book and no portfolio."


def by_chance_text(panel: PanelSummary) -> str:
    """Return how to read the correlations by year, and how large they are without skill."""
    limit = number(NORMAL_95 / buy_and_hold_of(panel).bars_a_year ** 0.5)
    return (
        "Correlation of forecast and return in each year: above 0 (blue) the forecast pointed the right way more often"
        f" than not, below 0 (orange) the wrong way. Without skill, 95 of 100 figures of a whole year lie between"
        f" -{limit} and {limit}. Tickers move together: a year of one colour is one event, not one for each ticker."
    )


def notes_of(panel: PanelSummary) -> list[str]:
    """Return the notes that are no warnings already, each a sentence with its end."""
    return [f"{note.removesuffix('.')}." for note in panel.notes if note not in panel.significance.warnings]
