"""The words of a panel's verdict, and the figure behind each."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation.ranking_skill import RankingSkill, measure_ranking
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.panels.significance.verdict import VISIBLE, ranking_text, spread_text, with_verdict
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest, VariantSignificance

DAYS = pd.bdate_range("2024-01-01", periods=150)


def alternating(low, high, days=DAYS):
    return pd.Series(np.resize([low, high], len(days)), days)


@pytest.fixture
def ranking():
    """Rank ICs of -.1 and .14 in turn: their mean is .02, their errors cancel."""
    return RankingSkill(
        ic=alternating(-0.1, 0.14),
        left_out=0,
        tickers=20.0,
        hit_rate=0.512,
        fifths=pd.Series(0.0, range(1, 6)),
        spreads=alternating(-0.01, 0.0104),
        by_year=pd.DataFrame(),
    )


@pytest.fixture
def returns():
    table = pd.DataFrame({"long_short": alternating(0.01, -0.008), "binary": alternating(-0.01, 0.008)})
    return PanelReturns(
        returns=table,
        excess=table,
        market=alternating(0.01, -0.009),
        market_excess=alternating(0.01, -0.009),
        tickers=pd.Series(20, DAYS),
        bars_a_year=252,
        books=frozenset(["long_short"]),
    )


def judging(p_value=0.271, t_ratio=1.2, **figures):
    skill = SkillTest(account="long_short", t_ratio=t_ratio, p_value=p_value, days=150, accounts=2, **figures)
    interval = {"long_short": VariantSignificance(sharpe_interval=(-0.54, 1.76))}
    return Significance(skill=skill, expected_best_sharpe=1.04, variants=interval)


def test_the_verdict_is_the_answer_the_reason_and_the_figures(ranking, returns):
    ranking = replace(ranking, ic=pd.Series([0.1, 0.1, -0.1, -0.02] * 37 + [0.02, 0.02], DAYS))
    assert with_verdict(judging(), returns, ranking, Settings.of()).verdict.split("\n") == [
        "No evidence of skill.",
        "150 days are too few to tell. Even if the book Long short is as good as it looks here, a test needs about 880"
        " days to show it.",
        "Luck alone does as well in 27 of 100 cases; 5 or fewer count as evidence. The best of 2 variants, the"
        " book Long short, returned 15.47% without costs (equally weighted buy & hold 7.06%). Its Sharpe ratio,"
        " the yearly return per unit of risk, is 1.76 (equally weighted buy & hold 0.83). After 150 days it may as"
        " well be anything from -0.5 to 1.8. If no variant earned anything on average, the best ratio would still"
        " be about 1.04. The rank IC, the correlation of the order of the forecasts with the order of the returns,"
        " is 0.0200 on average over 150 days (t = 6.4, standard error 0.0031). A panel like this finds a true IC"
        " of 0.0078 in 8 of 10 cases; up to .02 is realistic. The highest fifth by forecast earned 0.020% a day"
        " more than the lowest, before costs (t = 0.5)."
        " The sign of the forecast was right in 51.2% of all cases.",
    ]


@pytest.mark.parametrize(
    ("figures", "headline", "reason"),
    [
        ((0.0004, 4.0), "Strong evidence of skill", "Luck alone does as well in under 0.1 of 100 cases; 1 or fewer"),
        ((0.02, 2.4), "Evidence of skill", "Luck alone does as well in 2.0 of 100 cases; 5 or fewer"),
        ((0.6, -0.3), "No evidence of skill", "No account earned more than its share of the market did."),
        ((0.6, 0.3), "No evidence of skill", "Luck alone does as well in 60 of 100 cases; 5 or fewer"),
    ],
)
def test_the_p_value_decides(ranking, returns, figures, headline, reason):
    found = with_verdict(judging(*figures), returns, ranking, Settings.of())
    assert (found.headline, found.shows_skill) == (headline, headline != "No evidence of skill")
    assert found.reason.startswith(reason)


def test_costs_are_told(ranking, returns):
    assert "15.47% without costs" in with_verdict(judging(), returns, ranking, Settings.of(cash_rate=0.02)).verdict
    assert "15.47% after costs" in with_verdict(judging(), returns, ranking, Settings.of(slippage_bps=10)).verdict


def test_nothing_to_test(ranking, returns):
    short = replace(returns, returns=returns.returns[:19], excess=returns.excess[:19])
    idle = replace(returns, returns=0 * returns.returns, excess=0 * returns.excess)
    assert with_verdict(Significance(), short, ranking, Settings.of()).reason == (
        "The test has 19 days, and at least 20 are needed."
    )
    found = with_verdict(Significance(), idle, ranking, Settings.of())
    assert found.headline == "Nothing to test"
    assert found.reason == "No strategy ever took a position of its own, so there is no result to judge."


def test_the_ic_that_a_panel_shows_is_found_in_8_of_10_cases():
    """With normal errors: the mean IC has to be 1.64 standard errors above 0."""
    drawn = VISIBLE + np.random.default_rng(0).standard_normal(100_000)
    assert (drawn > 1.6449).mean() == pytest.approx(0.8, abs=0.01)


def test_without_a_ranking_the_text_says_why(ranking):
    one = measure_ranking(pd.DataFrame({"A": [0.1, -0.1]}, DAYS[:2]), pd.DataFrame({"A": [0.1, 0.1]}, DAYS[:2]))
    assert [*ranking_text(one, "day"), *spread_text(one, "day")] == [
        "How well the forecasts rank the tickers is not known: a rank IC needs 3 tickers with a forecast and a known"
        " return, and no day has so many.",
        "The sign of the forecast was right in 50.0% of all cases.",
    ]
    equal = replace(ranking, ic=0 * ranking.ic, spreads=0 * ranking.spreads, hit_rate=None)
    assert [*ranking_text(equal, "day"), *spread_text(equal, "day")] == [
        "The forecasts do not rank the tickers: the rank IC is 0.0000 every day."
    ]
    thirds = replace(ranking, fifths=pd.Series(0.0, range(1, 4)))
    assert next(spread_text(thirds, "week")).startswith("The highest third by forecast earned 0.020% a week more")


def test_the_best_is_named_with_its_kind(ranking, returns):
    """A panel has books and portfolios, in two tables."""
    told = with_verdict(judging(), returns, ranking, Settings.of()).verdict
    assert "The best of 2 variants, the book Long short, returned 15.47%" in told
    assert "Even if the book Long short is as good as it looks here" in told
    pooled = replace(returns, books=frozenset())
    assert (
        "The best of 2 variants, the portfolio Long short, "
        in with_verdict(judging(), pooled, ranking, Settings.of()).verdict
    )
