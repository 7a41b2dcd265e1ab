"""The verdict on runs without and with skill, through real backtests."""

from benchmarks.studies.complete_runs import assessed, coin, oracle, random_walk

DAYS = 190
STRATEGIES = ("binary", "kelly")


def test_random_forecasts_of_random_walks_show_no_skill():
    """Eight whole runs; how often the test says yes is measured on histories alone (`test_skill_test`)."""
    headlines = [assessed(random_walk(seed, DAYS), coin, STRATEGIES).headline for seed in range(8)]
    assert headlines == ["No evidence of skill"] * 8


def test_an_oracle_of_a_random_walk_shows_skill_and_a_day_late_none():
    prices = random_walk(1, DAYS)
    assert assessed(prices, oracle(late=0), STRATEGIES).shows_skill
    assert not assessed(prices, oracle(late=1), STRATEGIES).shows_skill


def test_a_random_walk_has_bars_as_they_are():
    prices = random_walk(3)
    assert (prices["High"] >= prices[["Open", "Close", "Low"]].max(axis=1) * (1 - 1e-12)).all()
    assert (prices["Low"] <= prices[["Open", "Close"]].min(axis=1) * (1 + 1e-12)).all()
    assert 0.005 < prices["Close"].pct_change().std() < 0.02
    assert random_walk(3).equals(prices)
    assert not random_walk(4)["Close"].equals(prices["Close"])
