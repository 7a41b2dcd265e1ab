"""Warnings on a panel: facts that a reader should know beside its result. They inform, and decide nothing."""

from collections.abc import Iterator, Sequence

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.forecast.forecast_warnings import LEAK, MOST_HITS, may_be_luck
from backtrader_walkforward.evaluation.ranking_skill import FEWEST_A_FIFTH, FEWEST_TICKERS, FIFTHS, RankingSkill
from backtrader_walkforward.panels.significance.panel_data import PanelData
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance import SkillTest
from backtrader_walkforward.significance.result_warnings import profit_of_one_day, short_test, too_good_account
from backtrader_walkforward.significance.verdict.figures import label_of
from backtrader_walkforward.system.text import first_of, pluralize

SURVIVORSHIP = (
    "Every ticker of this list is known today: those that failed and left are not in it. What such a list earned, its"
    " market included, is more than could have been had."
)
"""The warning of every panel, for pages and notes, too."""

FEW_TICKERS = FIFTHS * FEWEST_A_FIFTH
"""Tickers of the median day below which one of them makes the result."""

MOST_LEFT_OUT = 0.05
"""Share of days without a ranking that needs no warning."""

MOST_IC = 0.1
"""Mean daily rank IC that no honest forecast of prices is known to hold for long: up to .02 is realistic."""

MOST_TURNOVER = 100.0
"""Value traded a year, as a multiple of equity, from which a basis point a trade costs 1 % a year."""


def warnings_on(
    ranking: RankingSkill,
    traded: PanelReturns,
    ranking_books: Sequence[BacktestResult],
    settings: Settings,
    data: PanelData,
    skill: SkillTest | None,
) -> Iterator[str]:
    """Yield the warnings on a panel, a sentence or two each; arguments as of `assess_panel`."""
    yield SURVIVORSHIP
    yield from ended_tickers(data)
    yield from few_tickers(traded)
    yield from unranked_days(ranking, name_of_bar(traded.bars_a_year))
    yield from too_good_ranking(ranking)
    for name, ratio in list(traded.sharpes.items())[:1]:
        label = label_of(name, traded.kind_of(name))
        yield from too_good_account(label.replace("the", "The", 1), ratio, skill)
        yield from profit_of_one_day(label, traded.excess[name])
    if len(traded.returns):
        yield from short_test(len(traded.returns), traded.bars_a_year)
    for book in ranking_books[:-1]:
        if book.kind == "Pure":
            yield from costs_of_book(book, settings)


def ended_tickers(data: PanelData) -> Iterator[str]:
    """Warn of tickers whose prices end early."""
    if not data.ended:
        return
    does = "ends" if len(data.ended) == 1 else "end"
    yield (
        f"{len(data.ended)} of {pluralize(len(data.tickers), 'ticker')} {does} before the others"
        f" ({first_of(data.ended)}): positions are closed at the last price, and what holders lost or got after it"
        " is not known."
    )


def few_tickers(traded: PanelReturns) -> Iterator[str]:
    """Warn of a panel of so few tickers that one of them makes its result."""
    if len(traded.tickers) and (tickers := float(traded.tickers.median())) < FEW_TICKERS:
        yield f"The panel is small: on most days fewer than {FEW_TICKERS} of its tickers trade (median {tickers:g})."


def unranked_days(ranking: RankingSkill, bar: str) -> Iterator[str]:
    """Warn of days with forecasts of too few tickers; if all are such, the verdict says so."""
    days = len(ranking.ic) + ranking.left_out
    if len(ranking.ic) and ranking.left_out > MOST_LEFT_OUT * days:
        yield (
            f"{ranking.left_out} of {pluralize(days, bar)} have forecasts of fewer than {FEWEST_TICKERS} tickers with"
            " a known return: they have no rank IC."
        )


def too_good_ranking(ranking: RankingSkill) -> Iterator[str]:
    """Warn of forecasts that rank better, or are right more often, than honest ones do, and not by luck."""
    if may_be_luck(ranking.p_value):
        return
    if ranking.mean_ic is not None and ranking.mean_ic > MOST_IC:
        yield f"The mean rank IC is {ranking.mean_ic:.2f}, more than {MOST_IC:.1f}. {LEAK}"
    if ranking.hit_rate is not None and ranking.hit_rate > MOST_HITS:
        yield f"The sign of the forecast is right in {ranking.hit_rate:.0%} of cases, more than {MOST_HITS:.0%}. {LEAK}"


def costs_of_book(book: BacktestResult, settings: Settings) -> Iterator[str]:
    """Warn of a ranking book that lives on trading for nothing, or that loses to costs what it earns."""
    first, last = map(float, book.equity.iloc[[0, -1]])
    turnover = book.metrics.get("turnover") or 0.0
    if settings.replace(cash_rate=0.0).has_costs:
        if last <= first < last + book.costs.paid:
            taken = book.costs.paid / first
            yield f"The book {name_text(book.name)} earned before costs and lost after them: they took {taken:.1%}."
    elif turnover > MOST_TURNOVER:
        yield (
            f"Trading is free in this run, and the book {name_text(book.name)} trades {turnover:.0f} times its equity a"
            f" year: each basis point a trade would cost about {turnover / BASIS_POINTS:.1%} a year."
        )
