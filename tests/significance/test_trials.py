"""The registry: what is one trial and what is another, and which of them a test counts."""

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.significance.trials import Trial, TrialRegistry
from backtrader_walkforward.significance.trials.earlier import is_same_market

SETTINGS = Settings().trial_settings()
DAYS = pd.bdate_range("2018-01-01", periods=60)
MARKET = np.random.default_rng(1).normal(0, 0.01, 200)


@pytest.fixture
def registry(tmp_path: Path) -> TrialRegistry:
    return TrialRegistry(tmp_path / "data")


def trial(weights, days=DAYS, market=MARKET, name="kelly", **made_by) -> Trial:
    """Return the trial of an account with these weights, a number a day or the seed of random ones."""
    moves = pd.Series(market[: len(days)], days)
    if isinstance(weights, int):
        weights = np.random.default_rng(weights).uniform(-1, 1, len(days))
    account = ActiveAccount(name=name, returns=moves * weights, market=moves)
    usual = dict(
        settings=SETTINGS, ticker="SPY", source="Yahoo Finance", is_sample=False, is_practice=False, code="c0de"
    )
    return Trial(account=account, recorded="2026-11-26 10:00:00+00:00", **(usual | made_by))


def names(registry: TrialRegistry, *own: Trial) -> list[str]:
    return sorted(account.name for account in registry.earlier(own).accounts)


@pytest.mark.parametrize(
    "change",
    [
        {"ticker": "CSV"},
        {"source": "CSV file other.csv"},
        {"settings": SETTINGS | {"capital": 50_000.0}},
        {"settings": SETTINGS | {"seed": 8}},
        {"settings": SETTINGS | {"source": "csv"}},
    ],
    ids=str,
)
def test_the_same_returns_are_the_same_trial(registry, change):
    registry.record([trial(1), trial(1, **change)])
    assert names(registry, trial(1, **change)) == names(registry, trial(1)) == []
    assert names(registry, trial(2)) == ["kelly of CSV" if "ticker" in change else "kelly of SPY"]


def test_rounding_makes_no_other_trial(registry):
    one = trial(1)
    nearly = replace(one.account, returns=one.account.returns * (1 + 1e-12) - 0.0)
    registry.record([one, replace(one, account=nearly)])
    assert names(registry, one) == []
    assert names(registry, trial(2)) == ["kelly of SPY"]


def test_other_returns_are_another_trial(registry):
    """With the same settings, as where the sign of every weight was turned in the code, or the network changed."""
    turned = trial(1)
    turned = replace(turned, account=replace(turned.account, returns=-turned.account.returns))
    registry.record([trial(1), turned])
    assert names(registry, trial(1)) == names(registry, turned) == ["kelly of SPY"]


def test_a_search_over_tickers_counts(registry):
    other = np.random.default_rng(2).normal(0, 0.01, 60)
    registry.record([trial(n, market=other, ticker=f"T{n}") for n in range(30)])
    assert len(names(registry, trial(99))) == 30


def test_four_files_of_one_ticker_are_one_trial(registry):
    for name in ("a_1", "a_2", "a_3", "a_4"):
        registry.record([trial(1, ticker="CSV", source=f"CSV file {name}.csv")])
    assert names(registry, trial(2)) == ["kelly of CSV"]


def test_the_sample_counts_for_the_sample_alone(registry):
    registry.record([trial(1, is_sample=True), trial(2, is_sample=False)])
    assert names(registry, trial(3, is_sample=True)) == names(registry, trial(3)) == ["kelly of SPY"]
    [on_sample] = registry.earlier([trial(3, is_sample=True)]).accounts
    assert on_sample.returns.tolist() == trial(1).account.returns.tolist()


def test_practice_counts_for_nobody_and_is_noted(registry):
    """Until the same account is tested in earnest."""
    registry.record([trial(1, is_practice=True), trial(2, is_practice=True), trial(2)])
    earlier = registry.earlier([trial(3)])
    assert [account.returns.iloc[0] for account in earlier.accounts] == [trial(2).account.returns.iloc[0]]
    assert earlier.notes == ("1 practice trial of these days does not count: choose nothing by it",)
    assert registry.earlier([trial(1)]).notes == ()


def test_days_that_are_not_shared_do_not_count(registry):
    registry.record([trial(1, days=DAYS - pd.Timedelta(days=365)), trial(2, days=DAYS[8:])])
    [account] = registry.earlier([trial(3)]).accounts
    assert account.returns.index.equals(DAYS[8:])
    assert account.market.index.equals(DAYS[8:])


def test_a_trial_that_shares_too_few_days_is_no_cost(registry):
    """The command `trials` names as many as the test counts."""
    registry.record([trial(1, days=DAYS[45:]), trial(2, days=DAYS[8:])])
    [account] = earlier = registry.earlier([trial(3)]).accounts
    assert len(account.returns) == 52
    assert find_skill([trial(3).account], earlier).earlier == len(earlier)


def test_a_look_is_the_same_account_on_data_that_end_on_another_day(registry):
    """And no other trial, whatever its settings."""
    weights = np.random.default_rng(1).uniform(-1, 1, 60)
    registry.record([trial(weights[:58], DAYS[:-2], settings=SETTINGS | {"lookback": 61})])
    registry.record([trial(weights[:55], DAYS[:-5])])
    earlier = registry.earlier([trial(weights)])
    assert [(look[0], look[-1]) for look in earlier.looks] == [(DAYS[0], DAYS[-6]), (DAYS[0], DAYS[-3])]
    assert earlier.accounts == ()


@pytest.mark.parametrize("end", [-5, 60], ids=["earlier", "same day"])
def test_a_known_recipe_that_traded_otherwise_is_a_trial(registry, end):
    """As with signals from a file: eight ideas, and the best of them on all days, are seven trials beside it.

    The day stays a look: 40 weekly looks at fits that differ said yes without skill in 10 of 100 as trials alone.
    """
    registry.record([trial(np.random.default_rng(n).uniform(-1, 1, 60)[:end], DAYS[:end]) for n in range(8)])
    earlier = registry.earlier([trial(3)])
    assert len(earlier.accounts) == 7
    assert [look[-1] for look in earlier.looks] == ([DAYS[-6]] if end == -5 else [])


def test_the_same_settings_are_a_look_however_much_the_fits_differ(registry):
    """With other code they are another trial alone."""
    registry.record([trial(1, DAYS[:-1])])
    earlier = registry.earlier([trial(2)])
    assert ([len(look) for look in earlier.looks], len(earlier.accounts)) == ([59], 1)
    earlier = registry.earlier([trial(2, code="0ther")])
    assert (earlier.looks, len(earlier.accounts)) == ((), 1)


def test_a_near_copy_has_a_correlation_of_nine_tenths(registry):
    """With three tenths of another account in it, one has .95; with six tenths .81."""
    mine, other = (np.random.default_rng(n).uniform(-1, 1, 60) for n in (1, 2))
    for share, looks in ((0.3, 1), (0.6, 0)):
        registry.record([trial((mine + share * other)[:59], DAYS[:59], code=f"c{share}")])
        earlier = registry.earlier([trial(mine)])
        assert (len(earlier.looks), len(earlier.accounts)) == (1, 1 - looks)


def test_the_same_market_under_another_ticker_is_looked_at(registry):
    registry.record([trial(1, DAYS[:-1], ticker="CSV")])
    assert len(registry.earlier([trial(2)]).looks) == 1
    assert registry.earlier([trial(2, market=MARKET[::-1])]).looks == ()
    assert registry.earlier([trial(2, market=np.zeros(60))]).looks == ()


@pytest.mark.parametrize(
    ("first_days", "noise", "same"), [([0, 0], 0.0, True), ([0, 0], 0.02, True), ([0, 0], 0.2, False), ([], 0.0, True)]
)
def test_a_market_is_the_same_from_a_correlation_of_999_on_without_its_first_two_days(first_days, noise, same):
    """Buy & hold is on its way into the market there. Noise of a fifth of the moves leaves .98, of a fiftieth .9998."""
    market = pd.Series(MARKET[:60], DAYS)
    other = market + noise * np.random.default_rng(3).normal(0, 0.01, 60)
    market.iloc[:2], other.iloc[: len(first_days)] = (0.05, -0.05), first_days
    assert is_same_market(market, other, same_ticker=False) == same


def test_a_look_counts_without_a_day_in_common(registry):
    """Another strategy, another ticker and other settings are no look."""
    before = DAYS - pd.Timedelta(days=365)
    others = [{"ticker": "AAPL"}, {"settings": SETTINGS | {"lookback": 61}}, {"name": "binary"}, {"is_sample": True}]
    others.append({"code": "0ther"})
    registry.record([trial(n, before - pd.Timedelta(days=n + 1), **other) for n, other in enumerate(others)])
    assert registry.earlier([trial(9)]).looks == ()
    registry.record([trial(5, before, settings=SETTINGS | {"capital": 1.0, "end": "2017-03-24", "source": "yahoo"})])
    assert [look[-1] for look in registry.earlier([trial(9)]).looks] == [before[-1]]


def test_the_same_look_again_is_none(registry):
    registry.record([trial(1)])
    assert registry.earlier([trial(1)]).looks == ()


def test_what_the_market_explains_is_no_trial(registry):
    """An account that was always half long cannot be lucky."""
    registry.record([trial(np.full(60, 0.5)), trial(1)])
    assert len(names(registry, trial(2))) == 1


def test_thousands_of_trials_are_cut_to_the_days_of_the_run(registry, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.significance.trials.registry.MOST_ACCOUNTS", 3)
    long_ago = pd.bdate_range(end=DAYS[-1], periods=200)
    registry.record([trial(n, long_ago) for n in range(5)])
    earlier = registry.earlier([trial(9)])
    assert [len(account.returns) for account in earlier.accounts] == [60, 60, 60]
    assert earlier.notes == ("2 earlier trials beyond the most that are read do not count",)


def test_what_is_the_same_on_these_days_counts_once(registry):
    weights = np.random.default_rng(1).uniform(-1, 1, 200)
    long_ago = pd.bdate_range(end=DAYS[-1], periods=200)
    registry.record([trial(weights, long_ago), trial(weights[100:], long_ago[100:], MARKET[100:])])
    assert len(registry.earlier([trial(9, market=MARKET[140:])]).accounts) == 1


def test_concurrent_writers_lose_nothing(registry):
    registries = [TrialRegistry(registry.path.parent) for _ in range(8)]
    threads = [
        threading.Thread(target=one.record, args=[[trial(n), trial(n + 100)]]) for n, one in enumerate(registries)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.notes for one in registries] == [[]] * 8
    assert len(names(registry, trial(999))) == 16


@pytest.mark.parametrize("table", ["markets", "accounts", "choices", "tests"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 1"])
def test_a_trial_cannot_be_taken_back(registry, table, statement):
    registry.record([trial(1)])
    with (
        closing(sqlite3.connect(registry.path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=f"the rows of {table} stay"),
    ):
        connection.execute(statement.format(table))


def test_a_registry_that_cannot_be_written_is_a_note(tmp_path):
    (tmp_path / "data").write_text("a file where the folder would be")
    registry = TrialRegistry(tmp_path / "data")
    registry.record([trial(1)])
    assert registry.earlier([trial(1)]) is None
    assert "trials could not be stored" in registry.notes[0]


def test_a_folder_that_cannot_be_written_is_still_read(registry, monkeypatch):
    registry.record([trial(1)])
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda path, **options: connect(f"file:{path}?mode=ro", uri=True, **options)
    )
    registry.record([trial(2)])
    [note] = registry.notes
    assert note == "trials could not be stored or read in trials.sqlite: attempt to write a readonly database"
    assert names(registry, trial(2)) == ["kelly of SPY"]


def test_a_damaged_registry_is_set_aside_and_said(registry):
    registry.record([trial(1)])
    registry.path.write_bytes(b"no database at all" * 300)
    registry.record([trial(2)])
    [note] = registry.notes
    assert note.startswith("trials.sqlite was damaged: it is now trials.sqlite.damaged")
    assert (registry.path.parent / "trials.sqlite.damaged").exists()


@pytest.mark.parametrize("damage", ["X'00'", "zeroblob(480)", "NULL", "'text'"])
@pytest.mark.parametrize(("table", "column", "left"), [("accounts", "returns", 1), ("markets", "days", 0)])
def test_a_damaged_trial_does_not_count_and_is_noted(registry, table, column, damage, left):
    weights = np.random.default_rng(1).uniform(-1, 1, 60)
    registry.record([trial(weights[:-1], DAYS[:-1]), trial(weights[:-1] / 2, DAYS[:-1])])
    row = trial(weights[:-1], DAYS[:-1]).row
    with closing(sqlite3.connect(registry.path)) as connection, connection:
        connection.execute(f"DROP TRIGGER {table}_no_update")
        key = "account" if table == "accounts" else "market"
        connection.execute(f"UPDATE {table} SET {column} = {damage} WHERE {key} = ?", [row[key]])
    earlier = registry.earlier([trial(weights)])
    assert (len(earlier.looks), earlier.accounts) == (left, ())
    assert registry.notes == ["a damaged trial does not count"]


@pytest.mark.parametrize("damage", ["'{half'", "NULL"])
def test_a_trial_with_damaged_settings_is_not_shown_and_is_noted(registry, damage):
    registry.record([trial(1)])
    with closing(sqlite3.connect(registry.path)) as connection, connection:
        connection.execute("DROP TRIGGER choices_no_update")
        connection.execute(f"UPDATE choices SET settings = {damage}")
    assert registry.trials("SPY") == []
    assert registry.notes == ["a damaged trial does not count"]


def test_trials_of_older_versions_stay_and_are_noted_once(registry):
    registry.path.parent.mkdir()
    with closing(sqlite3.connect(registry.path)) as connection, connection:
        connection.execute("CREATE TABLE trials (key TEXT PRIMARY KEY, ticker TEXT)")
        connection.execute("INSERT INTO trials VALUES ('old', 'SPY')")
    for _ in range(2):
        registry.record([trial(1)])
    assert registry.notes == ["trials of older versions are kept and do not count: they have no series of returns"]
    later = TrialRegistry(registry.path.parent)
    later.record([trial(2)])
    assert later.notes == []
    assert later.select("SELECT * FROM trials") == [("old", "SPY")]


def test_what_made_a_trial_is_kept(registry):
    made = trial(1, settings=SETTINGS | {"lookback": 30, "capital": 500.0}, is_practice=True, is_sample=True)
    registry.record([made])
    [kept] = registry.trials("SPY")
    assert registry.tickers() == ["SPY"]
    assert kept.row == made.row
    assert (kept.settings["lookback"], kept.settings["capital"], kept.recorded) == (30, 500.0, made.recorded)
    assert not {"csv", "end", "source", "ticker"} & set(kept.settings)


def test_little_is_stored(registry):
    """Three years of test days, 20 tickers with five strategies: 1 MB, and settings once."""
    days = pd.bdate_range("2016-01-01", periods=756)
    for n in range(20):
        market = np.random.default_rng(n).normal(0, 0.01, 756)
        registry.record([trial(5 * n + k, days, market, name=f"s{k}", ticker=f"T{n}") for k in range(5)])
    assert registry.path.stat().st_size < 1_000_000
    assert registry.select("SELECT count(*) FROM choices") == [(1,)]


def test_the_settings_that_make_a_trial():
    """Those of a run without arguments."""
    assert json.dumps(Settings().trial_settings(), sort_keys=True) == (
        '{"allow_short": true, "borrow_rate": 0.0, "capital": 100000.0, "cash_rate": 0.0, "cold_start_every": 1,'
        ' "commission_bps": 0.0, "commission_min": 0.0, "end": null, "ensemble": 1, "epochs": 50, "fill": "next-open",'
        ' "inputs": "scale-free", "lookback": 60, "min_order": 0.0, "period": 730, "predictor": "lstm",'
        ' "rebalance_band": 0.1, "regime_filter": {}, "retrain_every": 21, "search_every": 4, "seed": 7,'
        ' "slippage_bps": 0.0, "source": "auto", "stop_entry_day": false, "stop_loss": null, "take_profit": null,'
        ' "target": "traded", "test_from": null, "threshold": 0.001, "timeframes": ["daily"],'
        ' "trailing_stop": null, "train_window": 1260, "train_with": [],'
        ' "units": [128, 64, 32], "whole_shares": false}'
    )
