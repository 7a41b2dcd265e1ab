"""The verdict on a panel: what is planted is found, what is shuffled is not, and what is tried is counted once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.evaluation.portfolios import pooled_portfolios
from backtrader_walkforward.evaluation.ranking_skill import measure_ranking
from backtrader_walkforward.panels.significance.assess import assess_panel, best_ticker
from backtrader_walkforward.panels.significance.panel_data import PanelData
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.significance.trials import TrialRegistry
from tests.panel.drawn_panels import autoregressive, book, draw, equities, ranking_books, shuffled, traded, weights_of

PLUGINS = {name: [Binary] for name in ("binary", "proportional", "long_short")}


def data_of(tickers, **more):
    return PanelData(tickers=tuple(map(str, tickers)), origin="drawn", used_source="csv", **more)


def assessed(forecasts, returns, registry=None, **settings):
    return assess_panel(
        *traded(forecasts, returns),
        Settings.of(**settings),
        data_of(forecasts.columns),
        plugins=PLUGINS,
        registry=registry,
    )


def skill_of(forecasts, returns, **more):
    portfolios, books, _ = traded(forecasts, returns)
    return find_skill(PanelReturns.of(portfolios, books).accounts(PLUGINS), **more)


@pytest.fixture(scope="module")
def planted():
    return assessed(*autoregressive())


def test_a_planted_signal_is_called_skill(planted):
    found, notes = planted
    assert found.skill.is_strong
    assert found.shows_skill
    assert found.headline == "Strong evidence of skill"
    assert (found.skill.accounts, found.trials, found.skill.days) == (3, 3, 1260)
    assert notes == []
    assert set(found.variants) == set(PLUGINS)


def test_the_same_panel_shuffled_is_not():
    forecasts, returns = autoregressive()
    found, _ = assessed(shuffled(forecasts, 0), returns)
    assert not found.shows_skill
    assert found.headline == "No evidence of skill"


def test_planted_panels_are_called_skill_and_shuffled_ones_are_not():
    """A fast version of `benchmarks.studies.panel_calibration`: 200 orders of the days, and 10 panels."""

    def called(forecasts, returns, seed):
        values, market = returns.to_numpy(), returns.mean(axis=1)
        weights = {name: one / (1 if name == "long_short" else 20) for name, one in weights_of(forecasts).items()}
        earned = {name: pd.Series((one * values).sum(axis=1), returns.index) for name, one in weights.items()}
        accounts = [ActiveAccount(name=name, returns=one, market=market) for name, one in earned.items()]
        return find_skill(accounts, seed=seed).shows_skill

    assert all(called(*autoregressive(seed=seed), seed) for seed in range(10))
    forecasts, returns = autoregressive()
    assert sum(not called(shuffled(forecasts, seed), returns, seed) for seed in range(200)) >= 190


def test_a_panel_of_one_ticker_has_the_test_of_its_own_run():
    forecasts, returns = draw(tickers=1, correlation=0.1)
    portfolios = pooled_portfolios(equities(forecasts, returns))
    [equity] = equities(forecasts, returns)
    daily = equity.pct_change().iloc[1:]
    own = [ActiveAccount(name=name, returns=daily[name], market=daily["buy_and_hold"]) for name in daily.columns[:2]]
    assert find_skill(PanelReturns.of(portfolios, []).accounts(PLUGINS), seed=3) == find_skill(own, seed=3)


def test_copies_of_the_tickers_add_no_evidence():
    forecasts, returns = draw(correlation=0.03)
    twice = [pd.concat([one, one.add_suffix("_copy")], axis=1) for one in (forecasts, returns)]
    once, doubled = skill_of(forecasts, returns), skill_of(*twice)
    assert doubled.t_ratio == pytest.approx(once.t_ratio, rel=1e-9)
    assert doubled == replace(once, t_ratio=doubled.t_ratio)


def test_the_order_of_the_tickers_changes_nothing():
    forecasts, returns = draw(correlation=0.03)
    order = forecasts.columns[::-1]
    one, other = skill_of(forecasts, returns), skill_of(forecasts[order], returns[order])
    assert other.t_ratio == pytest.approx(one.t_ratio, rel=1e-9)
    assert other.p_value == one.p_value


def test_the_test_begins_with_the_books():
    forecasts, returns = draw()
    late = [book(one.name, one.returns.iloc[100:]) for one in ranking_books(forecasts, returns)]
    portfolios = pooled_portfolios(equities(forecasts, returns), days=late[-1].equity.index)
    found = PanelReturns.of(portfolios, late)
    assert found.returns.index.equals(returns.index[100:])
    assert list(found.returns) == ["binary", "proportional", "long_short"]
    assert found.standing(paid=False).returns == 400
    assert not found.returns.isna().any(axis=None)
    for name, one in portfolios.items():
        assert one.equity.index.equals(late[-1].equity.index), name


def test_a_panel_of_few_days_has_no_test():
    forecasts, returns = draw(days=19)
    found, _ = assessed(forecasts, returns)
    assert (found.skill, found.headline) == (None, "Nothing to test")
    assert found.reason == "The test has 19 days, and at least 20 are needed."
    first = pd.Timestamp("2024-01-02")
    portfolios = pooled_portfolios([pd.DataFrame({"binary": 100.0, "buy_and_hold": 100.0}, [first])])
    ranking = measure_ranking(forecasts[:0], returns[:0])
    found, _ = assess_panel(portfolios, [], ranking, Settings.of(), data_of("A"), plugins=PLUGINS)
    assert found.reason == "The test has 0 days, and at least 20 are needed."


def test_hybrids_are_shown_and_not_tested():
    forecasts, returns = draw()
    portfolios, books, _ = traded(forecasts, returns)
    hybrid = book("long_short_hybrid_50_50", 0.5 * books[0].returns + 0.5 * returns.mean(axis=1), kind="50/50 split")
    found = PanelReturns.of(portfolios, [books[0], hybrid, books[1]])
    assert "long_short_hybrid_50_50" in found.sharpes
    assert [account.name for account in found.accounts(PLUGINS)] == ["binary", "proportional", "long_short"]


def test_the_panel_is_recorded_once_as_one_hypothesis(tmp_path):
    forecasts, returns = draw(days=300)
    for _ in range(2):
        registry = TrialRegistry(tmp_path)
        found, notes = assessed(forecasts, returns, registry)
        assert (found.trials, found.skill.earlier, found.skill.looks, notes) == (3, 0, 1, [])
    [label] = registry.tickers()
    assert label.startswith("PANEL 20 tickers ")
    trials = registry.trials(label)
    assert sorted(trial.account.name for trial in trials) == sorted(PLUGINS)
    assert {trial.settings["model"] for trial in trials} == {"own"}
    assert label == data_of(forecasts.columns[::-1]).ticker != data_of(forecasts.columns[1:]).ticker


def test_earlier_trials_and_looks_count_as_in_a_single_run(tmp_path):
    forecasts, returns = draw(days=300)
    registry = TrialRegistry(tmp_path)
    assessed(forecasts.iloc[:250], returns.iloc[:250], registry)
    assessed(shuffled(forecasts, 1), returns, registry)
    found, _ = assessed(forecasts, returns, registry)
    assert (found.skill.looks, found.skill.earlier) == (2, 3)
    assert "This counts 3 earlier trials and is look 2 at these settings" in found.verdict


def test_practice_decides_nothing_and_does_not_count(tmp_path):
    forecasts, returns = autoregressive(days=300)
    registry = TrialRegistry(tmp_path)
    found, notes = assessed(forecasts, returns, registry, practice=True)
    assert (found.headline, found.shows_skill) == ("Practice run: no judgement", False)
    assert notes == ["this is a practice run: it decides nothing, and no later test counts it"]
    later, _ = assessed(shuffled(forecasts, 1), returns, registry)
    assert later.skill.earlier == 0


def test_the_best_ticker_counts_each_strategy_on_each_ticker():
    forecasts, returns = draw(days=500, tickers=20, common=0.0, seed=5)
    accounts = [
        ActiveAccount(name=f"{name} {variant}", returns=daily[variant], market=daily["buy_and_hold"])
        for name, equity in zip(forecasts, equities(forecasts, returns), strict=True)
        for daily in [equity.pct_change().iloc[1:]]
        for variant in ("binary", "proportional")
    ]
    found = best_ticker(iter(accounts), returns.index)
    assert (found.accounts, found.days) == (40, 500)
    [alone] = [account for account in accounts if account.name == found.account]
    assert find_skill([alone]).p_value < 0.05 < found.p_value


def test_a_ticker_counts_on_its_own_days():
    days = pd.bdate_range("2015-01-01", periods=600)
    random = np.random.default_rng(0)

    def account(name, own, mean=0.0):
        returns = pd.Series(random.normal(mean, 0.01, len(own)), own)
        return ActiveAccount(name=name, returns=returns, market=pd.Series(random.normal(0, 0.01, len(own)), own))

    young, old, brief = account("young", days[300:], 0.004), account("old", days[:450]), account("brief", days[:29])
    found = best_ticker([old, young, brief], days)
    assert (found.account, found.accounts, found.days) == ("young", 2, 600)
    assert found.t_ratio == pytest.approx(find_skill([young], days=days).t_ratio)
    assert best_ticker([brief], days) is None
