"""The command `trials`: families, looks, practice, and totals."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.cli.main import main
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.trials import Trial, TrialRegistry

DAYS = pd.bdate_range("2018-01-01", periods=60)


def trial(seed, name="kelly", end=60, is_sample=True, is_practice=False, ticker="SPY", **settings):
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
        recorded="2026-11-26 10:00:00+00:00",
    )


@pytest.fixture
def shown(tmp_path, capsys):
    """Record trials; return the lines that the command prints, without empty ones."""

    def shown(*trials):
        TrialRegistry(tmp_path).record(trials)
        assert main(["trials", "--cache-dir", str(tmp_path)]) == 0
        return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]

    return shown


def cells(lines):
    return [line.split("  ")[0].strip() for line in lines]


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
    assert cells(lines)[:1] == ["SPY, bundled sample"]
    [swept] = [line.split() for line in lines if "varied" in line]
    assert " ".join(swept) == "capital varied commission_bps varied 3 1 2026-11-26"
    [ridge] = [line.split() for line in lines if "ridge" in line]
    assert " ".join(ridge) == "predictor=ridge slippage_bps=2 1 1 2026-11-26"


def test_looks_are_no_trials_of_their_own_and_practice_is_shown_as_such(shown):
    lines = shown(trial(1), trial(1, end=58), trial(1, end=55), trial(2, is_practice=True, lookback=30))
    assert [line.split() for line in lines if "defaults" in line] == [["defaults", "1", "3", "2026-11-26"]]
    [practice] = [line.split() for line in lines if "practice" in line and "lookback" in line]
    assert practice[:2] == ["practice", "lookback=30"]
    assert lines[-1] == "1 trial of 1 ticker: 1 on bundled sample."


def test_tickers_and_prices_stand_apart(shown):
    lines = shown(trial(1), trial(2, is_sample=False), trial(3, ticker="AAPL", is_sample=False))
    assert [line for line in lines if ", " in line] == ["AAPL, real prices", "SPY, bundled sample", "SPY, real prices"]
    assert lines[-1] == "3 trials of 2 tickers: 1 on bundled sample and 2 on real prices."
