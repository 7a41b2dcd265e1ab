"""Which prices a run gets, and what is said about them."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from backtrader_walkforward.data import load_prices
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.settings.settings import Settings
from tests.data.yahoo_server import UNKNOWN, chart

FRIDAY = datetime(2024, 1, 12, 23, tzinfo=UTC)
SATURDAY = datetime(2024, 1, 13, 12, tzinfo=UTC)
SUNDAY = datetime(2024, 1, 14, 12, tzinfo=UTC)
MONDAY_MORNING = datetime(2024, 1, 15, 13, tzinfo=UTC)
WEEKDAYS = [0, 1, 2, 3, 6, 7, 8, 9, 10]  # 2024-01-02 to 2024-01-12, a weekend between


@pytest.fixture
def load(tmp_path):
    def load_with(now=FRIDAY, warm_up=2, **settings):
        settings = Settings.of(**({"period": 5, "cache_dir": tmp_path / "cache"} | settings))
        return load_prices(settings, warm_up, now=now)

    return load_with


@pytest.fixture
def open_yahoo(yahoo):
    closes = [100.0 + day for day in WEEKDAYS]
    yahoo.answer = 200, chart(WEEKDAYS, high=[120.0] * 9, close=closes)
    return yahoo


def shut(yahoo):
    yahoo.answer = 503, "down"


def days(prices):
    return [f"{day:%m-%d}" for day in prices.frame.index]


def test_yahoo_period_and_warm_up(open_yahoo, load):
    prices = load()
    assert prices.source == "Yahoo Finance, adjusted"
    assert days(prices) == ["01-04", "01-05", "01-08", "01-09", "01-10", "01-11", "01-12"]
    assert prices.notes == ()


@pytest.mark.parametrize("now", [FRIDAY, SATURDAY, SUNDAY, MONDAY_MORNING])
def test_the_period_counts_back_from_the_last_bar_whatever_the_clock_says(open_yahoo, load, now):
    assert days(load(period=3, warm_up=0, now=now)) == ["01-10", "01-11", "01-12"]
    assert days(load(period=5, warm_up=2, now=now)) == days(load())
    assert days(load(period=3, warm_up=0, now=now, end=date(2024, 1, 7))) == ["01-03", "01-04", "01-05"]
    assert days(load(period=3, warm_up=0, now=now, end=date(2030, 1, 1))) == ["01-10", "01-11", "01-12"]


def test_of_a_ticker_that_is_no_longer_traded_the_days_before_its_last_bar_are_fetched(open_yahoo, load):
    late = datetime(2024, 2, 9, 23, tzinfo=UTC)
    assert days(load(period=3, warm_up=0, now=late)) == ["01-10", "01-11", "01-12"]
    first, second = (
        datetime.fromtimestamp(int(query["period1"][0]), UTC) for query in open_yahoo.chart_requests()[-2:]
    )
    assert (f"{first:%m-%d}", f"{second:%m-%d}") == ("01-28", "12-31")
    asked = len(open_yahoo.requests)
    stored = load(period=3, warm_up=0, now=late)
    assert len(open_yahoo.requests) == asked
    assert stored.notes == (
        "the prices end on 2024-01-12, as if SPY were no longer traded: positions stay open at that close",
    )


def test_periods_before_all_prices(open_yahoo, load):
    assert len(load(period=36_525).frame) == 9
    for end in (date(1, 1, 5), date(1890, 1, 1), date(1965, 1, 1)):
        with pytest.raises(DataError, match="no prices"):
            load(end=end)


def test_reused_within_the_day(open_yahoo, load):
    first = load()
    asked = len(open_yahoo.requests)
    again = load()
    shorter = load(period=2)
    assert len(open_yahoo.requests) == asked
    assert again.frame.equals(first.frame)
    assert (again.source, again.notes) == (first.source, first.notes)
    assert days(shorter) == ["01-09", "01-10", "01-11", "01-12"]
    load(period=30)
    assert len(open_yahoo.requests) > asked


def test_asked_again_the_next_day(open_yahoo, load):
    load()
    asked = len(open_yahoo.requests)
    load(now=SATURDAY)
    assert len(open_yahoo.requests) > asked


def test_asked_again_within_the_day_where_that_is_wanted(open_yahoo, load, tmp_path):
    load()
    asked = len(open_yahoo.chart_requests())
    settings = Settings.of(period=5, cache_dir=tmp_path / "cache")
    load_prices(settings, 2, now=FRIDAY, refresh=True)
    assert len(open_yahoo.chart_requests()) == asked + 1
    assert load().calendar == ExchangeCalendar("XNYS")


def test_notes_are_kept_with_the_prices(yahoo, load):
    gap = [100.0, 100.0, None]
    yahoo.answer = 200, chart([8, 9, 10], open=gap, high=gap, low=gap, close=gap)
    said = ("the last bar, of 2024-01-12, has no prices: it is left out",)
    assert load().notes == said
    assert load().notes == said


@pytest.mark.parametrize("source", ["auto", "yahoo"])
def test_yahoo_down_then_stored(open_yahoo, load, source):
    load()
    shut(open_yahoo)
    prices = load(now=SATURDAY, source=source)
    assert prices.source == "Yahoo Finance, adjusted, stored 2024-01-12"
    assert days(prices) == ["01-04", "01-05", "01-08", "01-09", "01-10", "01-11", "01-12"]
    assert prices.notes == ("Yahoo Finance could not be reached: these are the prices stored on 2024-01-12",)


def test_yahoo_down_nothing_stored_then_sample(no_network, load):
    prices = load()
    assert prices.ticker == "SPY"
    assert prices.source == "bundled sample: S&P 500 index ^GSPC, standing in for SPY"
    assert days(prices) == ["12-24", "12-26", "12-27", "12-28", "12-31"]
    assert prices.notes == ("Yahoo Finance could not be reached, and no prices are stored: this is the bundled sample",)


def test_yahoo_down_nothing_stored_not_in_the_sample(no_network, load):
    text = (
        r"Yahoo Finance could not be reached \(no connection\) and no prices of AAPL are stored;"
        r" the bundled sample has only SPY \(as \^GSPC\), \^GSPC, \^IXIC, GOOG - try later, or use --csv FILE"
    )
    with pytest.raises(DataError, match=text):
        load(ticker="AAPL")


def test_explicit_yahoo_never_becomes_the_sample(no_network, load):
    with pytest.raises(
        DataError, match="no prices of SPY are stored - try later, or use --csv FILE or --source sample"
    ):
        load(source="yahoo")


def test_stored_prices_of_another_ticker_do_not_count(open_yahoo, load):
    open_yahoo.answer = 200, chart(WEEKDAYS, symbol="AAPL")
    load(ticker="AAPL")
    shut(open_yahoo)
    assert load(now=SATURDAY).source.startswith("bundled sample")


def test_a_clock_without_a_battery_is_told(yahoo, load):
    with pytest.raises(DataError, match="the clock of this machine says 1970-01-02, and prices end today - set the"):
        load(now=datetime(1970, 1, 2, tzinfo=UTC))
    assert yahoo.requests == []


def test_unknown_ticker_does_not_fall_back(yahoo, load):
    yahoo.answer = UNKNOWN
    with pytest.raises(DataError, match="Yahoo Finance knows no ticker 'SPY'"):
        load()


def test_sample_asks_nobody(yahoo, load):
    prices = load(source="sample", ticker="GOOG", period=730, warm_up=60, end=date(2008, 6, 1))
    assert prices.source == "bundled sample: Google GOOG"
    assert f"{prices.frame.index[-1]:%Y-%m-%d}" == "2008-05-30"
    assert f"{prices.frame.index[60]:%Y-%m-%d}" == "2006-06-01"
    assert yahoo.requests == []
    with pytest.raises(DataError, match="sample has no 'AAPL'"):
        load(source="sample", ticker="AAPL")


def test_unwritable_cache_is_a_note(open_yahoo, load, tmp_path):
    (tmp_path / "file").write_text("")
    prices = load(cache_dir=tmp_path / "file")
    assert prices.source == "Yahoo Finance, adjusted"
    (note,) = prices.notes
    assert note.startswith("prices could not be stored or read in prices.sqlite")


def test_gap_in_sessions_is_a_note(yahoo, load):
    yahoo.answer = 200, chart([0, 10])
    assert load(warm_up=5).notes == ("no prices of Wednesday, 2024-01-03 (and 6 more), a session of XNYS",)


def test_a_price_far_from_the_others_is_a_note(yahoo, load):
    yahoo.answer = 200, chart([8, 9, 10], open=[100.0, 190.0, 100.0], high=[100.0, 190.0, 100.0])
    told = "the open of 2024-01-11, 190.00, is far from the prices beside it, 100.00 to 100.00: is it right?"
    assert load().notes == (told,)


def test_unfit_prices_are_refused(yahoo, load):
    yahoo.answer = 200, chart([8, 9, 10], low=[100.0, -1.0, 100.0])
    with pytest.raises(DataError, match="Yahoo Finance, adjusted: the low of 2024-01-11 is not above zero: -1"):
        load()


def csv_of(tmp_path, rows):
    path = tmp_path / "mine.csv"
    path.write_text("Date,Open,High,Low,Close,Volume\n" + "".join(f"{row}\n" for row in rows))
    return path


def test_csv_is_auto_and_cut_to_the_period(yahoo, load, tmp_path):
    path = csv_of(tmp_path, [f"2020-01-{day:02},1,1,1,1,1" for day in range(1, 32)])
    prices = load(csv=path)
    assert prices.source == "CSV file mine.csv"
    assert days(prices) == ["01-25", "01-26", "01-27", "01-28", "01-29", "01-30", "01-31"]
    assert prices.notes == (
        "7 of the file's 31 rows are used, 2020-01-25 to 2020-01-31: the last 5 days and their warm-up"
        " (--period and --end choose others)",
    )
    assert load(csv=path, source="csv", period=40).notes == ()
    assert yahoo.requests == []


def test_csv_rows_outside_the_period_may_be_unfit(load, tmp_path):
    path = csv_of(tmp_path, ["2019-01-01,-1,1,1,1,1", *[f"2020-01-{day:02},1,1,1,1,1" for day in range(1, 9)]])
    assert len(load(csv=path, warm_up=0).frame) == 5


def test_whole_shares_without_quoted_closes_are_told(open_yahoo, load, tmp_path):
    path = csv_of(tmp_path, [f"2020-01-{day:02},1,1,1,1,1" for day in range(1, 9)])
    told = "whole shares are counted at the prices as they are: if these are adjusted, a share cost more before"
    assert [note.startswith(told) for note in load(csv=path, period=40, whole_shares=True).notes] == [True]
    assert load(whole_shares=True).notes == load(source="sample", whole_shares=True).notes == ()


@pytest.mark.parametrize("day", ["0001-01-03", "9999-12-31"])
def test_a_date_out_of_all_calendars_is_no_surprise(load, tmp_path, day):
    path = csv_of(tmp_path, [f"{day},1,1,1,1,1"])
    if day > "2024":
        with pytest.raises(DataError, match="the session of 9999-12-31 is not over"):
            load(csv=path, calendar="XNYS")
    else:
        assert load(csv=path, calendar="XNYS").notes == ()


def test_a_calendar_that_is_named_counts(yahoo, load, tmp_path):
    path = csv_of(tmp_path, [f"2024-01-{day:02},1,1,1,1,1" for day in (2, 3, 4, 5, 8, 9)])
    prices = load(csv=path, calendar="xtks", period=30)
    assert prices.calendar == ExchangeCalendar("XTKS")
    assert prices.notes == ("prices of Tuesday, 2024-01-02 (and 2 more), on which XTKS has no session",)


def test_what_is_traded_every_day_needs_no_name(yahoo, load, tmp_path):
    path = csv_of(tmp_path, [f"2020-01-{day:02},1,1,1,1,1" for day in range(1, 32) if day != 9])
    prices = load(csv=path, period=60)
    assert prices.calendar == ExchangeCalendar("24/7")
    assert prices.notes == ("no prices of Thursday, 2020-01-09, a session of 24/7",)


@pytest.mark.parametrize(("end", "told"), [(12, False), (15, False), (16, True)])
def test_prices_that_end_a_session_before_the_last_day_are_told(open_yahoo, load, end, told):
    """Monday, the 15th, is a holiday; Tuesday has a session."""
    notes = load(end=date(2024, 1, end), now=datetime(2024, 1, 16, 23, tzinfo=UTC)).notes
    assert notes == (("the prices end on 2024-01-12, before --end 2024-01-16",) if told else ())


@pytest.mark.parametrize("zone", ["Europe/Athens", "Asia/Tel_Aviv", "Europe/Bucharest", "Asia/Nicosia"])
def test_an_exchange_without_a_calendar_is_told(yahoo, load, zone):
    answer = chart(WEEKDAYS)
    answer["chart"]["result"][0]["meta"]["exchangeTimezoneName"] = zone
    yahoo.answer = 200, answer
    assert load().notes == (
        "the sessions of this exchange are not known: only gaps of more than five weekdays are told, and signal and"
        " paper need --end",
    )
    assert load(calendar="XNYS").notes == ()


def test_a_file_without_a_calendar_is_told_what_is_not_noticed(load, tmp_path):
    """A missing Wednesday passed without a word; of weeks no session is missing."""
    days = pd.bdate_range("2020-01-02", periods=40).delete(9)
    told = (
        "the sessions of this exchange are not known: only gaps of more than five weekdays are told, and signal and"
        " paper need --end; a missing session, and one that is not over, are not noticed - add --calendar with the code"
        " of the exchange, such as XNYS"
    )
    path = csv_of(tmp_path, [f"{day:%Y-%m-%d},1,1,1,1,1" for day in days])
    assert load(csv=path, period=60).notes == (told,)
    named = load(csv=path, period=60, calendar="XNYS").notes
    assert "no prices of Wednesday, 2020-01-15, a session of XNYS" in named
    assert told not in named
    weeks = csv_of(
        tmp_path, [f"{day:%Y-%m-%d},1,1,1,1,1" for day in pd.date_range("2020-01-03", periods=40, freq="W-FRI")]
    )
    assert told not in load(csv=weeks, period=300).notes


def test_prices_after_the_end_of_a_calendar_are_used(load, tmp_path):
    path = tmp_path / "later.csv"
    path.write_text("date,open,high,low,close\n" + "".join(f"2061-01-{day:02},1,1,1,1\n" for day in (3, 4, 6)))
    prices = load(csv=path, calendar="XSHG", now=datetime(2061, 1, 6, 7, tzinfo=UTC), end=date(2061, 1, 7))
    end = prices.calendar.known[1]
    assert prices.notes == (
        "later.csv: no volume column, volume is taken as 0",
        "the prices end on 2061-01-06, before --end 2061-01-07",
        f"the calendar of XSHG ends on {end}: weekdays after it count as sessions, and none is missed",
    )


def test_a_file_in_place_of_yahoos_prices_is_judged_by_its_prices(load, tmp_path):
    """The settings file of a run of Yahoo's prices, with --csv: the source is no contradiction, the prices differ."""
    path = tmp_path / "file.csv"
    path.write_text("date,open,high,low,close,volume\n2024-01-02,1,1,1,1,1\n2024-01-03,1,1,1,1,1\n")
    assert load(csv=path, used_source="yahoo").used_source == "csv"
    with pytest.raises(
        DataError, match=r"the prices of FILE from 2024-01-02 to 2024-01-03 are others: .* add --prices"
    ):
        load(csv=path, used_source="yahoo", prices_sha256="0" * 64)


@pytest.mark.parametrize(
    "said", [{"csv_columns": "close=Schluss"}, {"csv_dates": "day-month-year"}, {"csv_decimals": "comma"}]
)
def test_how_a_file_is_read_is_refused_without_a_file(load, said):
    with pytest.raises(ArgumentError, match=r"^--csv-columns, --csv-dates and --csv-decimals .* - add --csv FILE$"):
        load(source="sample", **said)


def test_a_file_is_read_as_the_settings_say(load, tmp_path):
    days = pd.bdate_range("2018-01-01", periods=5)
    rows = [f"{day:%d.%m.%Y};1,{at}34" for at, day in enumerate(days)]
    (tmp_path / "mine.csv").write_text("\n".join(["Tag;Schluss", *rows]))
    said = {"csv_columns": "date=Tag,close=Schluss", "csv_dates": "day-month-year", "csv_decimals": "comma"}
    prices = load(csv=tmp_path / "mine.csv", **said)
    assert prices.frame["Close"].tolist() == [1.034, 1.134, 1.234, 1.334, 1.434]
    assert prices.frame.index.tolist() == days.tolist()
