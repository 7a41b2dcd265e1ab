"""The test of skill for returns from anywhere."""

import numpy as np
import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill

DAYS = pd.bdate_range("2018-01-01", periods=400)
RANDOM = np.random.default_rng(1)
MARKET = pd.Series(RANDOM.normal(0, 0.01, 400), DAYS)
SKILLED = 0.5 * MARKET + RANDOM.normal(0.001, 0.005, 400)
LUCKY = pd.Series(RANDOM.normal(0, 0.005, 400), DAYS)
TWO = pd.DataFrame({"mine": SKILLED, "other": LUCKY})


def test_the_figures_are_those_of_the_test_of_skill():
    found = wf.significance_of(SKILLED, MARKET)
    [account] = [ActiveAccount(name="returns", returns=SKILLED, market=MARKET)]
    assert found.skill == find_skill([account])
    assert (found.p_value, found.t_ratio, found.shows_skill) == (found.skill.p_value, found.skill.t_ratio, True)
    assert found.headline in ("Evidence of skill", "Strong evidence of skill")
    assert str(found).startswith(f"{found.headline}. Luck alone does as well in ")
    assert found._repr_html_() == f"<p>{found.verdict}</p>"
    assert found.sharpe["returns"] == pytest.approx(SKILLED.mean() / SKILLED.std() * 252**0.5)
    low, high = found.intervals["returns"]
    assert low < found.sharpe["returns"] < high


def test_several_series_and_trials_cost_the_p_value():
    alone = wf.significance_of(SKILLED, MARKET)
    several = wf.significance_of(TWO, MARKET)
    ideas = [LUCKY.sample(frac=1, random_state=seed).set_axis(DAYS) for seed in range(20)]
    tried = wf.significance_of([SKILLED], MARKET, trials=ideas)
    assert (several.skill.account, several.skill.accounts, list(several.sharpe)) == ("mine", 2, ["mine", "other"])
    assert tried.skill.earlier == 20
    assert "counts 20 earlier trials" in tried.verdict
    assert alone.p_value <= several.p_value < tried.p_value


def test_a_flat_series_has_no_sharpe_ratio():
    found = wf.significance_of(pd.DataFrame({"mine": SKILLED, "flat": 0.0 * SKILLED}), MARKET)
    assert (found.sharpe["flat"], list(found.intervals), found.skill.account) == (None, ["mine"], "mine")
    alone = wf.significance_of(0.0 * SKILLED, MARKET)
    assert (alone.skill, alone.sharpe, alone.intervals) == (None, {"returns": None}, {})


def test_a_benchmark_may_begin_before_and_end_after_the_returns():
    assert (
        wf.significance_of(SKILLED[20:200], MARKET).skill == wf.significance_of(SKILLED[20:200], MARKET[20:200]).skill
    )


def test_no_skill_is_no_evidence_and_a_share_of_the_market_is_no_test():
    assert repr(wf.significance_of(LUCKY, MARKET)).startswith("<ReturnsSignificance: No evidence of skill, p-value 0.")
    share = wf.significance_of(0.5 * MARKET, MARKET)
    assert (share.p_value, share.t_ratio, share.shows_skill) == (None, None, False)
    assert str(share) == (
        "No evidence of skill. Every series is a constant share of the benchmark, and adds nothing to it."
    )
    assert repr(share) == "<ReturnsSignificance: No evidence of skill, p-value none, 1 series>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(returns=SKILLED.tz_localize("UTC")), "returns must have days without a time zone, found UTC: use"),
        (dict(benchmark=MARKET.tz_localize("UTC")), "benchmark must have days without a time zone, found UTC: use"),
        (dict(returns=SKILLED.where(SKILLED.index != DAYS[3])), "returns must be numbers of -1 or more, found nan"),
        (dict(trials=[LUCKY.replace(LUCKY.iloc[0], np.inf)]), "trials[0] must be numbers of -1 or more, found inf on"),
        (dict(benchmark=MARKET.drop(DAYS[5:7])), "benchmark must have every day of returns, 2 are missing"),
        (dict(returns=[SKILLED, LUCKY[1:]]), "returns 1 must have the days of the first series of returns"),
        (dict(returns=SKILLED[::-1]), "returns must have each day once, in order"),
        (dict(returns=SKILLED[:19]), "returns must have 20 days or more, found 19"),
        (dict(returns=SKILLED.to_numpy()), "returns must be a Series, a DataFrame or a list of Series, found ndarray"),
        (dict(trials={"a": LUCKY}), "trials must be a Series, a DataFrame or a list of Series, found dict"),
        (dict(returns=SKILLED.reset_index(drop=True)), "returns must be a Series by day, found RangeIndex: set an"),
        (dict(returns=1e5 * (1 + SKILLED).cumprod()), "returns must be returns as fractions, found 1"),
        (dict(benchmark=(1 + MARKET).cumprod()), "benchmark must be returns as fractions, found "),
        (dict(returns=[3]), "returns[0] must be a Series by day, found int"),
        (dict(trials=[LUCKY[:19]]), "trials 0 must share 20 days with returns or more, found 19: it would count"),
        (dict(returns=pd.DataFrame()), "returns must be one series or more, found none: give a Series by day"),
        (dict(returns=[]), "returns must be one series or more, found none: give a Series by day"),
        (dict(benchmark=TWO), "benchmark must be one series, found 2: choose one of them"),
        (dict(returns=SKILLED < 9), "returns must be numbers of -1 or more, found True: give returns, not signals"),
        (dict(trials=[(SKILLED < 9).astype(object)]), "trials[0] must be numbers of -1 or more, found True: give"),
        (dict(returns=TWO.set_axis([1, "1"], axis=1)), "returns must have columns of different names, found '1' twice"),
        (dict(trials=TWO.set_axis(["x", "x"], axis=1)), "trials must have columns of different names, found 'x' twice"),
        (dict(returns=SKILLED[::5]), "returns must have the bars of the benchmark, which has 316 more days between"),
        (dict(trials=[LUCKY[::5]]), "trials 0 must have the bars of the benchmark, which has 316 more days between"),
        (dict(returns=SKILLED.drop(DAYS[7])), "returns must have the bars of the benchmark, which has 1 more day "
         "between them, the first 2018-01-10: compute both by the day, or both by the week"),
        (dict(trials=30), "trials must be a Series, a DataFrame or a list of Series, found int"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_returns_is_refused(arguments, message):
    with pytest.raises(wf.ArgumentError) as raised:
        wf.significance_of(**(dict(returns=SKILLED, benchmark=MARKET) | arguments))
    assert str(raised.value).startswith(message)
