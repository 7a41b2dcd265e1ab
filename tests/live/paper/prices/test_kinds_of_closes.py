"""A file that names dividends and has no adjusted close: what its closes are is decided once."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.errors import UserError
from tests.live.sessions import SESSIONS, dump, in_time

HISTORY = load_sample("SPY").frame.loc["2015-10-01":"2016-07-29", "Close"]


@pytest.fixture
def settings(settings, tmp_path):
    return settings.replace(source="csv", csv=tmp_path / "spy.csv", period=240, calendar="XNYS")


def write(settings, last, share, every, first=0, is_adjusted=False, columns=("Dividends",)):
    """Write closes that fall by a share of the close before on every so many days, or are adjusted for it."""
    paid = np.where((np.arange(len(HISTORY)) % every == every - 1) & (np.arange(len(HISTORY)) >= first), share, 0.0)
    quoted = HISTORY * np.cumprod(1 - paid)
    table = pd.DataFrame(
        {"Close": HISTORY if is_adjusted else quoted, "Dividends": (quoted.shift() * paid).fillna(0.0)}
    )
    table[["Close", *columns]].loc[: str(last)].to_csv(settings.data.csv, index_label="Date")


def session(settings, ledger, day, *file, **changed):
    write(settings, SESSIONS[day], *file, **changed)
    return in_time(settings, ledger, SESSIONS[day])


def kinds(ledger):
    return ledger.read().header.kinds_of_closes


def passive(found):
    return found.tables.positions.query("variant == 'buy_and_hold'")["equity"].iloc[-1]


def test_closes_that_do_not_tell_at_first_stay_as_they_are(settings, ledger):
    """The odds are 70 to 1 on the first day and 272 to 1 on the later one, on which the ledger was refused."""
    first = session(settings, ledger, 0, 0.01, 30)
    assert any("columns that are not used: 'Dividends'" in note for note in first.notes)
    later = session(settings, ledger, 30, 0.01, 30)
    assert kinds(ledger) == {"Dividends": "unclear"}
    assert any("it goes on without this column" in note for note in later.notes)
    assert later.tables.actions.empty


def test_closes_that_told_once_need_not_tell_again(settings, ledger):
    """The odds are 101 to 1 on the first day and 76 to 1 on the later one, on which the ledger was refused."""
    session(settings, ledger, 15, 0.01, 20)
    later = session(settings, ledger, 20, 0.01, 20)
    assert kinds(ledger) == {"Dividends": "as quoted"}
    assert [note for note in later.notes if "Dividends" in note] == [
        "spy.csv: its closes fall by its 'Dividends': the adjusted close is computed from them"
    ]


def test_the_first_dividend_after_the_opening_is_cash_and_its_kind_is_kept(settings, ledger):
    """Fifteen of a hundred: the closes tell it at once, and a header is added to the one of the first session."""
    held = [passive(session(settings, ledger, day, 0.15, 30, first=150)) for day in (0, 11, 12)]
    assert kinds(ledger) == {"Dividends": "as quoted"}
    assert held[2] / held[1] == pytest.approx(HISTORY[str(SESSIONS[12])] / HISTORY[str(SESSIONS[11])], rel=3e-3)
    assert dump(ledger).count('INSERT INTO "header"') == 2
    session(settings, ledger, 13, 0.15, 30, first=150)
    assert dump(ledger).count('INSERT INTO "header"') == 2


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            {},
            {"is_adjusted": True},
            "its closes are adjusted for its 'Dividends' now, and those of earlier sessions fall by its 'Dividends'",
        ),
        (
            {"is_adjusted": True},
            {},
            "its closes fall by its 'Dividends' now, and those of earlier sessions are adjusted for its 'Dividends'",
        ),
        ({}, {"columns": ()}, "its closes are used as they are now, and those of earlier sessions were adjusted by"),
    ],
    ids=["adjusted", "quoted", "no column"],
)
def test_a_file_of_another_kind_is_refused_by_name(settings, ledger, before, after, text):
    session(settings, ledger, 0, 0.05, 20, **before)
    with pytest.raises(UserError, match=f"^CSV file spy.csv: {text}.* - give a file of that kind, or start another"):
        session(settings, ledger, 1, 0.05, 20, **after)


def test_a_column_that_comes_later_and_names_earlier_days_is_refused_by_name(settings, ledger):
    """It was taken as another instrument, after sessions that had gone on."""
    session(settings, ledger, 0, 0.05, 20, columns=())
    with pytest.raises(UserError, match=r"its closes fall by its 'Dividends' of 2015-.*the ledger began on .* without"):
        session(settings, ledger, 1, 0.05, 20)


def test_a_column_that_comes_later_may_name_days_before_the_first_bar(settings, ledger):
    """Fifteen of a hundred, once, long before what the ledger holds: no price of it is adjusted for that."""
    settings = settings.replace(period=120)
    paid = pd.Series(0.0, HISTORY.index)
    paid.iloc[29] = 0.15
    quoted = HISTORY * (1 - paid).cumprod()
    table = pd.DataFrame({"Close": quoted, "Dividends": (quoted.shift() * paid).fillna(0.0)})
    for day, columns in zip(SESSIONS[:2], (["Close"], ["Close", "Dividends"]), strict=True):
        table[columns].loc[: str(day)].to_csv(settings.data.csv, index_label="Date")
        last = in_time(settings, ledger, day)
    assert paid.index[29] < last.tables.signals.index[0]
    assert kinds(ledger) == {"Dividends": "as quoted"}
    assert last.tables.actions.empty
