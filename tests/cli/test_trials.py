"""The command `trials`: families, looks, practice, and totals."""

import re

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.cli.main import main
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.significance.trials import Trial, TrialRegistry

DAYS = pd.bdate_range("2018-01-01", periods=60)


def trial(seed, name="kelly", end=60, is_sample=True, is_practice=False, ticker="SPY", day=26, **settings):
    moves = pd.Series(np.random.default_rng(0).normal(0, 0.01, end), DAYS[:end])
    returns = moves * np.random.default_rng(seed).uniform(-1, 1, end)
    return Trial(
        account=ActiveAccount(name=name, returns=returns, market=moves),
        settings=Settings.of(**settings).trial_settings(),
        ticker=ticker,
        source="prices",
        is_sample=is_sample,
        is_practice=is_practice,
        code="c0de",
        recorded=f"2026-11-{day} 10:00:00+00:00",
    )


@pytest.fixture
def shown(tmp_path, capsys):
    """Record trials; return the lines that the command prints, without empty ones."""

    def shown(*trials):
        TrialRegistry(tmp_path).record(trials)
        assert main(["trials", "--cache-dir", str(tmp_path)]) == 0
        return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]

    return shown


def row_of(lines, words):
    """Return the settings of the line that begins with these words, its best account, and trials, looks and day."""
    [line] = [line.split() for line in lines if line.startswith(words)]
    return " ".join(line[:-5]), line[-5], line[-3:]


def test_nothing_was_tried(tmp_path, capsys):
    assert main(["trials", "--cache-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "no trials are recorded\n"


def test_a_sweep_of_costs_or_capital_is_one_line(shown):
    lines = shown(
        trial(1),
        trial(2, commission_bps=5.0),
        trial(3, capital=500.0, commission_bps=10.0),
        trial(4, predictor="ridge", slippage_bps=2.0),
    )
    assert lines[0] == "SPY, the bundled sample"
    assert row_of(lines, "capital") == ("capital varied commission_bps varied", "kelly", ["3", "1", "2026-11-26"])
    assert row_of(lines, "pred") == ("predictor=ridge slippage_bps=2", "kelly", ["1", "1", "2026-11-26"])


def test_looks_are_no_trials_of_their_own_and_practice_is_shown_as_such(shown):
    lines = shown(trial(1), trial(1, end=58), trial(1, end=55), trial(2, is_practice=True, lookback=30))
    assert row_of(lines, "defaults") == ("defaults", "kelly", ["1", "3", "2026-11-26"])
    assert row_of(lines, "practice") == ("practice: lookback=30", "kelly", ["1", "1", "2026-11-26"])
    assert lines[-3] == "1 distinct trial of 1 ticker: 1 on the bundled sample."
    assert lines[-1] == "Not counted: 1 practice trial."


def test_tickers_and_prices_stand_apart(shown):
    lines = shown(trial(1), trial(2, is_sample=False), trial(3, ticker="AAPL", is_sample=False))
    titles = ["AAPL, real prices", "SPY, real prices", "SPY, the bundled sample"]
    assert [line for line in lines if line in titles] == titles
    assert lines[-2] == "3 distinct trials of 2 tickers: 2 on real prices and 1 on the bundled sample."


def test_the_best_has_the_ratio_of_the_test_of_skill(shown):
    trials = [trial(seed, name=f"s{seed}") for seed in range(4)]
    skill = find_skill([one.account for one in trials])
    lines = shown(*trials)
    assert lines[-1] == f"The best of all is {skill.account} on SPY, with a t-ratio of {skill.t_ratio:.2f}."
    assert row_of(lines, "defaults")[1] == skill.account


def test_what_was_tried_raises_the_hurdle(shown):
    """At the ratio that the command names, the p-value is the level of the test."""
    lines = shown(trial(1, day=27))
    [alone] = [line for line in lines if line.startswith("The latest run needs")]
    assert re.fullmatch(r"The latest run needs a t-ratio of [12]\.\d\d for evidence\.", alone)
    lines = shown(*(trial(seed, lookback=10 + seed) for seed in range(2, 22)), trial(1, end=59))
    [line] = [line for line in lines if line.startswith("The latest run needs")]
    needed, without = map(float, re.findall(r"\d\.\d\d", line))
    assert needed > without + 0.5
    assert "without 20 other trials and 1 earlier look it would be" in line
