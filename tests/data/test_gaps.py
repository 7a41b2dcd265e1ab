import pandas as pd

from backtrader_walkforward.data.gaps import gap_notes


def frame(days):
    return pd.DataFrame({"Close": 1.0}, index=pd.DatetimeIndex(days))


def test_closure_of_a_week_is_no_gap():
    assert gap_notes(frame(["2001-09-10", "2001-09-17"])) == []
    assert gap_notes(frame(["2024-01-05", "2024-01-15"])) == []  # five weekdays


def test_gap():
    notes = gap_notes(frame(["2024-01-05", "2024-01-16", "2024-01-17", "2024-03-01"]))
    assert notes[0] == "no prices on 6 weekdays between 2024-01-05 and 2024-01-16"
    assert notes[1] == "no prices on 31 weekdays between 2024-01-17 and 2024-03-01"


def test_weekly_data():
    notes = gap_notes(frame(pd.date_range("2024-01-01", periods=20, freq="7D")))
    assert notes == [
        "only 20 of the 96 weekdays from 2024-01-01 to 2024-05-13 have prices: are these daily data?",
    ]


def test_every_day_of_the_week():
    assert gap_notes(frame(pd.date_range("2024-01-01", periods=200))) == []


def test_nothing():
    assert gap_notes(frame([])) == []
