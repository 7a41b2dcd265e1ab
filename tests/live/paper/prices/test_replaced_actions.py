"""What a user says of a large step of a file replaces what its adjusted closes seem to tell."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.data.actions.found import actions_found
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from tests.live.paper.prices.records import DAYS, FLAT, NEXT, bars, compare, prices_of, record_of


def file_of(closes, adjusted, named_days=()):
    """Prices of a file with these closes and adjusted closes."""
    quoted, adjusted = (pd.Series(values, DAYS[: len(closes)], dtype=float) for values in (closes, adjusted))
    prices = prices_of(bars(adjusted), None, quoted)
    return replace(
        prices,
        used_source="csv",
        actions=actions_found(quoted, adjusted),
        named_days=pd.DatetimeIndex(list(named_days)),
    )


def booked(found):
    return [(kind, round(value, 6)) for _, kind, value, _ in found.actions.itertuples(index=False)]


SPECIAL = file_of([100.0] * 40 + [60.0, 61.0], [60.0] * 41 + [61.0])
"""A dividend of 40 on a close of 100, or five shares for three."""


def test_a_step_that_may_be_a_dividend_or_a_split_is_held():
    with pytest.raises(LedgerError) as refused:
        compare(record_of(FLAT), SPECIAL)
    assert str(refused.value) == (
        "CSV file spy.csv shows a split of 5 for 3 on 2024-02-26, or one dividend of 40: its closes do not tell which"
        " - add --confirm 2024-02-26:split=5/3, or dividend=40"
    )


@pytest.mark.parametrize(
    ("said", "actions", "close"),
    [
        (("dividend=40",), [("dividend", 40.0)], 60.0),
        (("split=1",), [("dividend", 40.0), ("split", 1.0)], 60.0),
        (("split=5/3",), [("split", 1.666667)], 100.0),
        (("split=3/2",), [("dividend", 10.0), ("split", 1.5)], 90.0),
        (("dividend=10",), [("dividend", 10.0), ("split", 1.5)], 90.0),
        (("dividend=10", "split=3/2"), [("dividend", 10.0), ("split", 1.5)], 90.0),
    ],
    ids=str,
)
def test_what_is_confirmed_replaces_what_was_found(said, actions, close):
    """The dividend of 40 was booked beside the split: 166.67 shares at 60 and 4,000 in cash, of 10,000."""
    found = compare(record_of(FLAT), SPECIAL, *(f"{NEXT:%Y-%m-%d}:{one}" for one in said))
    assert booked(found) == actions
    assert found.new_bars["Close"].iloc[0] == pytest.approx(close)
    recorded = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
    later = compare(recorded, SPECIAL)
    assert booked(later) == actions
    assert later.notes == ()


def test_a_split_that_is_more_than_the_step_is_refused():
    """Two for one in the file: at three for one the shares of the ledger grew by half for nothing."""
    now = file_of([100.0] * 40 + [50.0, 51.0], [50.0] * 41 + [51.0])
    with pytest.raises(ArgumentError, match="split=3: by the adjusted closes one share became at most 2 on this day"):
        compare(record_of(FLAT), now, f"{NEXT:%Y-%m-%d}:split=3")


def test_what_was_confirmed_is_replaced_by_the_other_kind():
    found = compare(record_of(FLAT), SPECIAL, f"{NEXT:%Y-%m-%d}:dividend=40")
    recorded = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
    corrected = compare(recorded, SPECIAL, f"{NEXT:%Y-%m-%d}:split=5/3")
    assert booked(corrected) == [("split", 1.666667)]
    assert len(corrected.record.tables.signals) == 40


def test_a_plain_split_is_booked_and_may_be_replaced():
    """Half of the price: two for one, unless the user knows of a dividend of 50. It was refused as known."""
    now = file_of([100.0] * 40 + [50.0, 51.0], [50.0] * 41 + [51.0])
    found = compare(record_of(FLAT), now)
    assert booked(found) == [("split", 2.0)]
    recorded = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
    assert booked(compare(recorded, now, f"{NEXT:%Y-%m-%d}:dividend=50")) == [("dividend", 50.0)]


def test_what_a_column_names_is_booked():
    assert booked(compare(record_of(FLAT), replace(SPECIAL, named_days=pd.DatetimeIndex([NEXT])))) == [
        ("split", 1.666667)
    ]


def test_a_dividend_that_leaves_no_split_is_refused():
    with pytest.raises(ArgumentError) as refused:
        compare(record_of(FLAT), SPECIAL, f"{NEXT:%Y-%m-%d}:dividend=30")
    assert str(refused.value) == (
        "--confirm 2024-02-26:dividend=30: the adjusted closes show another step on this day - add"
        " 2024-02-26:split=NEW/OLD, or split=1 if there was none"
    )
    both = (f"{NEXT:%Y-%m-%d}:dividend=30", f"{NEXT:%Y-%m-%d}:split=1")
    assert booked(compare(record_of(FLAT), SPECIAL, *both)) == [("dividend", 30.0), ("split", 1.0)]


def test_a_dividend_beside_a_confirmed_split_is_what_the_step_leaves():
    """7:5 and 2 of 100: one dividend of 30 was booked as none."""
    now = file_of([100.0] * 40 + [70.0, 71.0], [70.0] * 41 + [71.0])
    assert booked(compare(record_of(FLAT), now, f"{NEXT:%Y-%m-%d}:split=7/5")) == [("dividend", 2.0), ("split", 1.4)]


def test_a_dividend_of_divided_shares_is_paid_on_the_old_ones():
    """3:2 and 2 of 100: the file says 1.3333 of 66.67, and 100 old shares get 200. It was 133.33."""
    before = 200 / 3
    now = file_of([before] * 40 + [65.3333333333, 66.0], [65.3333333333] * 41 + [66.0])
    found = compare(record_of(FLAT), now, f"{NEXT:%Y-%m-%d}:split=3/2")
    assert booked(found) == [("dividend", 2.0), ("split", 1.5)]
    assert found.new_bars["Close"].tolist() == pytest.approx([98.0, 99.0])
    recorded = record_of(pd.concat([FLAT, found.new_bars]), found.actions)
    later = compare(recorded, now)
    assert (booked(later), later.notes) == (booked(found), ())


def test_a_large_dividend_of_divided_shares():
    """3:2 and 40 of 100: the file shows 26.67 of 66.67, which seems to be 5:3."""
    now = file_of([200 / 3] * 40 + [40.0, 41.0], [40.0] * 41 + [41.0])
    with pytest.raises(LedgerError, match=r"0.6667 times as high: a split of 3 for 2\?"):
        compare(record_of(FLAT), now)
    found = compare(record_of(FLAT), now, f"{NEXT:%Y-%m-%d}:split=3/2")
    assert booked(found) == [("dividend", 40.0), ("split", 1.5)]
    assert found.new_bars["Close"].tolist() == pytest.approx([60.0, 61.5])
