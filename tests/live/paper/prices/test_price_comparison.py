"""Recorded prices compared with later ones: dividends, splits, corrections, and what nobody explains."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.live.paper.corporate_actions import actions_of, read_confirmations
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.live.paper.prices.ledger_bars import as_traded
from tests.live.paper.prices.records import DAYS, FLAT, LAST, NEXT, NOTHING, bars, compare, prices_of, record_of


def test_prices_that_are_as_recorded():
    found = compare(record_of(FLAT), prices_of(bars([100.0] * 40 + [107.3])))
    assert (len(found.actions), found.notes, len(found.record.tables.signals)) == (0, (), 40)
    pd.testing.assert_frame_equal(
        found.new_bars, bars([0] * 40 + [107.3]).iloc[40:], check_exact=True, check_freq=False
    )


def test_a_split_of_the_source_changes_no_unit_of_the_ledger():
    """Two shares of 54 for one of 108; the volume was counted in new shares."""
    now = pd.concat([FLAT * [0.5, 0.5, 0.5, 0.5, 2.0], bars([0.0] * 40 + [54.0], 2200.0).iloc[40:]])
    quoted = pd.Series([100.0] * 40 + [54.0], DAYS[:41])
    found = compare(record_of(FLAT), prices_of(now, [(NEXT, 0.0, 2.0)], quoted))
    assert found.new_bars.to_numpy().tolist() == [[108.0, 108.0 * 1.01, 108.0 * 0.99, 108.0, 1100.0]]
    assert found.actions.to_numpy().tolist() == [[NEXT, "split", 2.0, False]]
    assert found.notes == ()


def test_a_dividend_of_the_source_leaves_prices_as_traded():
    """1.25 of 100: earlier prices are 98.75 now, that of the ex-day is the one quoted."""
    now = pd.concat([FLAT * [0.9875, 0.9875, 0.9875, 0.9875, 1.0], bars([0.0] * 40 + [98.5]).iloc[40:]])
    quoted = pd.Series([100.0] * 40 + [98.5], DAYS[:41])
    found = compare(record_of(FLAT), prices_of(now, [(NEXT, 1.25, 1.0)], quoted))
    assert found.new_bars["Close"].tolist() == [98.5]
    assert found.actions.to_numpy().tolist() == [[NEXT, "dividend", 1.25, False]]
    assert found.notes == ()


def test_what_the_source_tells_later_is_recorded_again_from_its_day_on():
    """The split came on the last recorded day, whose bar was 50 in shares of then, and was told one day later."""
    recorded = bars([100.0] * 39 + [50.0])
    quoted = pd.Series([100.0] * 39 + [50.0, 51.0], DAYS[:41])
    found = compare(record_of(recorded), prices_of(bars([50.0] * 40 + [51.0]), [(LAST, 0.0, 2.0)], quoted))
    assert found.record.tables.signals.index[-1] == DAYS[38]
    assert len(found.record.tables.positions) == 20
    assert found.new_bars["Close"].tolist() == [100.0, 102.0]
    assert found.notes == (
        "recorded days that are recorded again, late: 1, the first 2024-02-23, because this became known after it:"
        " split of 2 for 1 on 2024-02-23",
    )


@pytest.mark.parametrize("late", [1, 10])
def test_an_unknown_split_of_recorded_days_is_held_with_its_day_until_it_is_confirmed(late):
    """The bars of the last days were in new shares already when the history was not."""
    record, since = record_of(bars([100.0] * (40 - late) + [50.0] * late)), DAYS[40 - late]
    now = prices_of(bars([50.0] * 41))
    with pytest.raises(LedgerError) as refused:
        compare(record, now)
    assert str(refused.value) == (
        f"the prices of {40 - late} recorded days before {since:%Y-%m-%d} are now 0.5 times as high: a split of 2 for"
        f" 1? - if it is, add --confirm {since:%Y-%m-%d}:split=2"
    )
    found = compare(record, now, f"{since:%Y-%m-%d}:split=2")
    assert found.new_bars["Close"].tolist() == [100.0] * (late + 1)
    assert found.actions.to_numpy().tolist() == [[since, "split", 2.0, True]]
    assert len(found.record.tables.signals) == 40 - late


def test_an_unknown_split_of_today_is_held_until_it_is_confirmed():
    record, now = record_of(FLAT), prices_of(bars([50.0] * 40 + [54.0]))
    with pytest.raises(LedgerError) as refused:
        compare(record, now)
    assert str(refused.value) == (
        "the prices of 40 recorded days are now 0.5 times as high: a split of 2 for 1? - if it is, add --confirm"
        " 2024-02-26:split=2"
    )
    found = compare(record, now, "2024-02-26:split=2")
    assert found.new_bars["Close"].tolist() == [108.0]
    assert found.notes == ()
    later = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
    assert compare(later, prices_of(bars([50.0] * 40 + [54.0, 55.0]))).new_bars["Close"].tolist() == [110.0]


def test_an_unknown_dividend_is_held_until_it_is_confirmed():
    record, now = record_of(FLAT), prices_of(bars([98.75] * 40 + [99.0]))
    with pytest.raises(LedgerError, match=r"0.9875 times as high: a dividend of 1.25\? .* 2024-02-26:dividend=1.25$"):
        compare(record, now)
    found = compare(record, now, "2024-02-26:dividend=1.25")
    assert found.new_bars["Close"].tolist() == [99.0]
    assert found.actions.to_numpy().tolist() == [[NEXT, "dividend", 1.25, True]]


def test_a_source_that_never_adjusts_is_held_at_the_jump():
    record, now = record_of(FLAT), prices_of(bars([100.0] * 40 + [50.0, 51.0]))
    with pytest.raises(LedgerError) as refused:
        compare(record, now)
    assert str(refused.value) == (
        "the prices of 2024-02-26 jump as after a split of 2 for 1, and CSV file spy.csv knows of none - try again"
        " tomorrow, or add --confirm 2024-02-26:split=2, or split=1 if there was none"
    )
    assert compare(record, now, "2024-02-26:split=2").new_bars["Close"].tolist() == [100.0, 102.0]
    assert compare(record, now, "2024-02-26:split=1").new_bars["Close"].tolist() == [50.0, 51.0]


@pytest.mark.parametrize(
    ("ratio", "option", "jump"),
    [
        (5 / 3, "5/3", "jump as after a split of 5 for 3, and CSV file spy.csv knows of none"),
        (7 / 4, "7/4", "jump as after a split of 7 for 4, and CSV file spy.csv knows of none"),
        (1 / 8, "1/8", "jump as after a split of 1 for 8, and CSV file spy.csv knows of none"),
        (1 / 35, "1/35", "jump as after a split of 1 for 35, and CSV file spy.csv knows of none"),
        (1 / 1.9, "NEW/OLD", "are 1.9 times as high as the close before, and CSV file spy.csv knows of no split"),
    ],
)
def test_every_jump_over_night_is_held(ratio, option, jump):
    record, now = record_of(FLAT), prices_of(bars([100.0] * 40 + [100 / ratio, 101 / ratio]))
    with pytest.raises(LedgerError) as refused:
        compare(record, now)
    assert str(refused.value) == (
        f"the prices of 2024-02-26 {jump} - try again tomorrow, or add --confirm 2024-02-26:split={option}, or split=1"
        " if there was none"
    )
    if option != "NEW/OLD":
        found = compare(record, now, f"2024-02-26:split={option}")
        assert found.new_bars["Close"].tolist() == pytest.approx([100.0, 101.0])


def test_a_bar_that_leaves_the_prices_beside_it_is_held():
    now = prices_of(bars([100.0] * 40 + [190.0, 101.0]))
    with pytest.raises(LedgerError) as refused:
        compare(record_of(FLAT), now)
    assert str(refused.value) == (
        "the prices of 2024-02-26 are 1.9 times as high as those of the days before and after it (CSV file spy.csv)"
        " - correct them, or add --confirm 2024-02-26:split=1 if they are right"
    )
    assert compare(record_of(FLAT), now, "2024-02-26:split=1").new_bars["Close"].tolist() == [190.0, 101.0]


def test_a_good_bar_after_a_bad_one_that_was_recorded_is_no_split():
    record = record_of(bars([100.0] * 39 + [190.0]))
    found = compare(record, prices_of(bars([100.0] * 41)))
    assert found.new_bars["Close"].tolist() == [100.0]
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("factor", "confirmed"),
    [(0.6, "split=5/3"), (1 / 1.75, "split=7/4"), (1 / 1.1, "split=11/10"), (0.5497, "dividend=1147.89")],
)
def test_what_is_advised_is_accepted(factor, confirmed):
    """A split was a dividend of 1018, with four digits, which then did not fit the prices."""
    closes = 2545.17 + np.arange(42.0) % 7
    record, now = record_of(bars(closes[:40])), prices_of(bars([*closes[:40] * factor, closes[39] * factor]))
    with pytest.raises(LedgerError, match=rf"if it is, add --confirm 2024-02-26:{confirmed}$"):
        compare(record, now)
    assert len(compare(record, now, f"2024-02-26:{confirmed}").new_bars) == 1


def test_a_dividend_that_the_prices_of_yahoo_do_not_show_is_held():
    """50 on a close of 100, and neither quoted nor adjusted closes move."""
    now = prices_of(bars([100.0] * 41), [(NEXT, 50.0, 1.0)], pd.Series([100.0] * 41, DAYS[:41]))
    now = replace(now, used_source="yahoo", source="Yahoo Finance, adjusted")
    with pytest.raises(LedgerError) as refused:
        compare(record_of(FLAT), now)
    assert str(refused.value) == (
        "the dividend of 50 on 2024-02-26 does not show in the prices of Yahoo Finance, adjusted - add --confirm"
        " 2024-02-26:dividend=50, or dividend=0 if there was none"
    )
    for paid in (0.0, 50.0):
        found = compare(record_of(FLAT), now, f"2024-02-26:dividend={paid:g}")
        assert found.actions.to_numpy().tolist() == [[NEXT, "dividend", paid, True]]
        assert found.new_bars["Close"].tolist() == [100.0]
        recorded = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
        assert compare(recorded, now).actions.to_numpy().tolist() == [[NEXT, "dividend", paid, True]]


def test_a_large_dividend_of_a_file_is_held_and_may_be_a_split():
    quoted = pd.Series([100.0] * 40 + [63.0], DAYS[:41])
    now = replace(prices_of(bars([63.0] * 41), [(NEXT, 37.0, 1.0)], quoted), used_source="csv")
    with pytest.raises(LedgerError) as refused:
        compare(record_of(FLAT), now)
    assert str(refused.value) == (
        "CSV file spy.csv shows a dividend of 37 on 2024-02-26, a large part of the close before - add --confirm"
        " 2024-02-26:dividend=37, or split=NEW/OLD if it was a split"
    )
    assert compare(record_of(FLAT), now, "2024-02-26:dividend=37").new_bars["Close"].tolist() == [63.0]
    found = compare(record_of(FLAT), now, "2024-02-26:split=100/63")
    assert found.actions["kind"].tolist() == ["split"]
    assert found.new_bars["Close"].tolist() == pytest.approx([100.0])


def test_a_large_dividend_is_no_unknown_split():
    quoted = pd.Series([100.0] * 40 + [50.0], DAYS[:41])
    found = compare(record_of(FLAT), prices_of(bars([50.0] * 41), [(NEXT, 50.0, 1.0)], quoted))
    assert found.new_bars["Close"].tolist() == [50.0]


def test_quoted_prices_without_known_dividends_are_held_as_adjusted_ones_are():
    now = bars([98.75] * 40 + [98.75])
    quoted = pd.Series([100.0] * 40 + [98.75], DAYS[:41])
    with pytest.raises(LedgerError, match=r"a dividend of 1.25\?"):
        compare(record_of(FLAT), prices_of(now, None, quoted))


def test_a_source_that_never_adjusts_is_confirmed_later():
    recorded = bars([100.0] * 35 + [50.0] * 5)
    found = compare(record_of(recorded), prices_of(bars([100.0] * 35 + [50.0] * 6)), "2024-02-19:split=2")
    assert found.new_bars["Close"].tolist() == [100.0] * 6
    assert found.record.tables.signals.index[-1] == DAYS[34]


def test_a_confirmed_split_that_the_source_tells_for_another_day_is_one_split():
    actions = read_confirmations([f"{DAYS[38]:%Y-%m-%d}:split=2"])
    quoted = pd.Series([100.0] * 39 + [50.0] * 2, DAYS[:41])
    now = prices_of(bars([50.0] * 41), [(LAST, 0.0, 2.0)], quoted)
    found = compare(record_of(FLAT, actions), now)
    assert found.new_bars["Close"].tolist() == [100.0]
    assert len(found.actions) == 1
    assert found.notes == (
        "recorded days with other prices now: 1, the first 2024-02-22; the ledger keeps what it recorded",
    )


def test_another_instrument_is_refused_by_name():
    other = bars(23.02 * (100 + 20 * np.sin(np.arange(41.0))))
    with pytest.raises(LedgerError) as refused:
        compare(record_of(FLAT), prices_of(other))
    assert str(refused.value) == (
        "40 of 40 recorded days have other prices now, 18.42 to 27.62 times as high: another instrument? - give the"
        " prices of SPY that the ledger began with, or start another ledger with --cache-dir DIR"
    )
    with pytest.raises(
        LedgerError, match=r"are now 23.02 times as high: another instrument\? - give the prices of SPY"
    ):
        compare(record_of(FLAT), prices_of(FLAT * 23.02))


@pytest.mark.parametrize("corrected", [1, 5])
def test_a_few_corrected_bars_are_a_note(corrected):
    found = compare(record_of(FLAT), prices_of(bars([100.0, *[100.5] * corrected, *[100.0] * (40 - corrected)])))
    assert found.notes == (
        f"recorded days with other prices now: {corrected}, the first 2024-01-02; the ledger keeps what it recorded",
    )


@pytest.mark.parametrize("shared", [2, 3, 5])
def test_few_shared_days_of_another_instrument_are_no_corrections(shared):
    """Its returns are others. Up to five days counted as corrected, and the next bar was traded."""
    other = bars([0.0] * (40 - shared) + [*100 + 2.0 * np.arange(1, shared + 1) ** 2, 103.0]).iloc[40 - shared :]
    with pytest.raises(
        LedgerError, match=rf"{shared} of {shared} recorded days have other prices now, .* another inst"
    ):
        compare(record_of(FLAT), prices_of(other))


def test_few_shared_days_with_one_factor_are_an_action():
    now = bars([0.0] * 37 + [98.75] * 3 + [99.0]).iloc[37:]
    with pytest.raises(LedgerError, match=r"the prices of 3 recorded days are now 0.9875 times as high: a dividend of"):
        compare(record_of(FLAT), prices_of(now))


def test_one_of_few_shared_days_may_be_corrected():
    now = bars([0.0] * 38 + [100.5, 100.0, 100.0]).iloc[38:]
    assert compare(record_of(FLAT), prices_of(now)).notes[0] == (
        "recorded days with other prices now: 1, the first 2024-02-22; the ledger keeps what it recorded"
    )


def test_many_corrected_bars_are_refused():
    drawn = 100 + np.random.default_rng(7).normal(0, 0.5, 41)
    with pytest.raises(LedgerError, match=r"of 40 recorded days have other prices now, .* another instrument\?"):
        compare(record_of(FLAT), prices_of(bars(drawn)))


def test_rounding_is_no_difference():
    assert compare(record_of(FLAT), prices_of(FLAT * (1 + 3e-7))).notes == ()
    cents = bars(np.round(np.linspace(20, 30, 40) * 0.9875, 2))
    record = record_of(bars(np.round(np.linspace(20, 30, 40), 2)))
    assert compare(
        record, prices_of(pd.concat([cents, bars([0] * 40 + [30.0]).iloc[40:]])), "2024-02-26:dividend=0.375"
    )


def test_days_that_are_missing_or_added():
    whole = bars([100.0] * 41)
    assert compare(record_of(FLAT), prices_of(whole.drop(DAYS[1]))).notes == (
        "recorded days without prices now: 1, the first 2024-01-02; the ledger keeps what it recorded",
    )
    assert compare(record_of(FLAT.drop(DAYS[1])), prices_of(whole)).notes == (
        "days before the first session whose prices were added later: 1, the first 2024-01-02; the ledger keeps what it"
        " recorded",
    )
    found = compare(record_of(FLAT.drop(DAYS[30])), prices_of(whole))
    assert found.record.tables.signals.index[-1] == DAYS[29]
    assert found.new_bars.index.equals(DAYS[30:41])
    assert found.notes == (
        "recorded days that are recorded again, late: 9, the first 2024-02-13, because this became known after it:"
        " prices of 2024-02-12",
    )


def test_a_dividend_that_is_another_one_now_is_a_note():
    actions = actions_of([(DAYS[30], "dividend", 1.25, False)])
    now = prices_of(FLAT, [(DAYS[30], 1.3, 1.0)], FLAT["Close"])
    assert compare(record_of(FLAT, actions), now).notes == (
        "recorded dividends and splits that are others now: 1, the first 2024-02-12; the ledger keeps what it recorded",
    )


def test_prices_without_a_common_day_are_refused():
    with pytest.raises(DataError, match=r"share no day with the ledger - use prices that continue from its end, 2024"):
        compare(record_of(FLAT), prices_of(bars([107.0], days=DAYS[40:])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-02-26:split=3", r"the prices of 40 recorded days are now 0.5 times as high: a split of 2 for 1\?"),
        (
            "2024-01-26:split=2",
            "2024-01-26:split=2: the day must be one of the prices, which end on 2024-02-26, and after 2024-01-26",
        ),
        ("2024-02-24:split=2", "2024-02-24:split=2: the day must be one of the prices"),
        ("2024-02-27:split=2", "2024-02-27:split=2: the day must be one of the prices"),
    ],
)
def test_what_is_confirmed_must_explain_the_prices(text, message):
    with pytest.raises((LedgerError, ArgumentError), match=message):
        compare(record_of(FLAT), prices_of(bars([50.0] * 41)), text)


def test_what_is_confirmed_without_need_is_refused():
    with pytest.raises(
        LedgerError, match=r"with the split of 2 for 1 on 2024-02-26 the close before is 100.00, and the"
    ):
        compare(record_of(FLAT), prices_of(bars([100.0] * 41)), "2024-02-26:split=2")
    known = prices_of(FLAT, [(DAYS[30], 1.0, 1.0)], FLAT["Close"])
    with pytest.raises(ArgumentError, match="--confirm 2024-02-12:dividend=2: it is known with 1 - leave it out"):
        compare(record_of(FLAT), known, "2024-02-12:dividend=2")


def test_what_was_confirmed_is_confirmed_otherwise():
    """The same again changes nothing; another value lets the days from it on be recorded again."""
    record = record_of(FLAT, read_confirmations(["2024-02-12:dividend=1"]))
    assert len(compare(record, prices_of(FLAT), "2024-02-12:dividend=1").record.tables.signals) == 40
    found = compare(record, prices_of(FLAT), "2024-02-12:dividend=2")
    assert found.actions.to_numpy().tolist() == [[DAYS[30], "dividend", 2.0, True]]
    assert found.record.tables.signals.index[-1] == DAYS[29]


def test_columns_of_the_bars_stay():
    assert list(compare(record_of(FLAT), prices_of(FLAT.assign(Adjusted=1.0))).bars) == COLUMNS


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_known_when_the_ledger_ends_with_prices_as_traded(seed):
    """A drawn market of splits and dividends, each of which the source knows at once or up to three days later."""
    rng, days, opened = np.random.default_rng(seed), pd.bdate_range("2024-01-01", periods=70, unit="us"), 40
    splits = np.where(rng.random(70) < 0.05, rng.choice([2, 1.5, 0.1, 4 / 3], 70), 1.0)
    paid = np.where(rng.random(70) < 0.08, 0.4, 0.0)
    since = np.arange(70) + np.where(rng.random(70) < 0.4, rng.integers(1, 4, 70), 0)
    since[:opened], since[66:] = 0, 0
    close = np.full(70, 60.0)
    for day in range(1, 70):
        close[day] = (close[day - 1] - paid[day]) / splits[day] * np.exp(rng.normal(0, 0.01))
    quoted = bars(close, days=days)

    def session(last):
        known = (since <= last) & (np.arange(70) <= last)
        step = np.where(known, (1 - paid / np.roll(close, 1)) / splits, 1.0)
        factor = np.append(step[::-1].cumprod()[::-1][1:], 1.0)
        frame = quoted.assign(**quoted[PRICE_COLUMNS].mul(factor, axis=0)).iloc[: last + 1]
        told = [(days[day], paid[day], splits[day]) for day in np.flatnonzero(known & ((paid > 0) | (splits != 1)))]
        return prices_of(frame, told or [(days[0], 0.0, 1.0)], quoted["Close"].iloc[: last + 1])

    recorded, actions, held = as_traded(session(opened), days[opened]), NOTHING, []
    for last in range(opened + 1, 70):
        try:
            found = compare(record_of(recorded, actions, days[opened]), session(last))
        except LedgerError as refused:
            held.append(str(refused))
        else:
            recorded, actions = pd.concat([found.record.tables.signals, found.new_bars]), found.actions
            assert not [note for note in found.notes if "again" not in note]
    assert all("jump as after a split" in message for message in held)
    since_opened = np.where(np.arange(70) > opened, splits, 1.0)
    expected = (close * since_opened.cumprod())[opened:]
    np.testing.assert_allclose(recorded["Close"].iloc[opened:], expected, rtol=1e-9)
    assert len(actions) == (since_opened != 1).sum() + (paid[opened + 1 :] > 0).sum()
