"""The real yfinance against answers of the kinds that Yahoo gives."""

import time
from datetime import UTC, date, datetime

import pytest
import yfinance

from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.yahoo.client import YahooUnreachableError, fetch
from backtrader_walkforward.errors import DataError
from tests.data.yahoo_server import DROPPED, OPENING, RATE_LIMIT, UNKNOWN, chart

SPAN = Span(date(2024, 1, 1), date(2024, 1, 31))
LATER = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stores(tmp_path, yahoo):
    yfinance.set_tz_cache_location(str(tmp_path))


def fetch_spy(now=LATER):
    return fetch("SPY", SPAN, now)


def test_good_answer(yahoo):
    yahoo.answer = 200, chart([0, 1, 2], open=[1.0, 2, 3], high=[4.0, 5, 6], low=[0.5, 1, 2], close=[2.0, 3, 4])
    prices = fetch_spy()
    assert prices.source == "Yahoo Finance, adjusted"
    assert prices.ticker == "SPY"
    assert prices.notes == ()
    assert [f"{day:%Y-%m-%d}" for day in prices.frame.index] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert prices.frame.index.name == "Date"
    assert prices.frame.index.tz is None
    assert list(prices.frame.columns) == ["Open", "High", "Low", "Close", "Volume"]
    assert prices.frame.iloc[1].tolist() == [2, 5, 1, 3, 100]
    assert set(prices.frame.dtypes.astype(str)) == {"float64"}


def test_days_asked_for_include_the_last(yahoo):
    yahoo.answer = 200, chart([0])
    fetch_spy()
    (query,) = yahoo.chart_requests()
    assert query["period1"] == ["1704085200"]  # 2024-01-01 00:00 in New York
    assert query["period2"] == ["1709355600"]  # 2024-03-02 00:00 in New York: later splits have moved the closes
    assert query["events"] == ["div,splits,capitalGains"]
    assert query["interval"] == ["1d"]


def test_split_and_dividend_are_adjusted_for(yahoo):
    """Yahoo sends split-adjusted quotes; a dividend of 1 on a close of 50 takes 2 % off all earlier prices."""
    yahoo.answer = (
        200,
        chart(
            [0, 1, 2],
            open=[50.0, 50, 49],
            high=[51.0, 51, 50],
            low=[49.0, 49, 48],
            close=[50.0, 50, 49],
            adjclose=[49.0, 49, 49],
            volume=[200, 200, 300],
            events={
                "dividends": {"x": {"amount": 1.0, "date": OPENING + 2 * 86_400}},
                "splits": {"y": {"date": OPENING + 86_400, "numerator": 2, "denominator": 1, "splitRatio": "2:1"}},
            },
        ),
    )
    prices = fetch_spy()
    frame = prices.frame
    assert frame["Close"].tolist() == [49, 49, 49]
    assert frame["Open"].tolist() == pytest.approx([49, 49, 49])
    assert frame["High"].tolist() == pytest.approx([49.98, 49.98, 50])
    assert frame["Low"].tolist() == pytest.approx([48.02, 48.02, 48])
    assert frame["Volume"].tolist() == [200, 200, 300]
    assert prices.unadjusted_close.tolist() == [100, 50, 49]
    assert prices.lot_size.tolist() == pytest.approx([100 / 49, 50 / 49, 1])
    assert events(prices) == {"03": (0, 2), "04": (1, 1)}


def action(day, **what):
    return {f"{day}": {"date": OPENING + day * 86_400, **what}}


def split(day, more, fewer=1):
    return action(day, numerator=more, denominator=fewer, splitRatio=f"{more}:{fewer}")


def events(prices):
    return {f"{day:%d}": (paid, split) for day, paid, split in prices.actions.itertuples()}


def test_what_later_splits_did_to_closes_and_dividends_is_undone(yahoo):
    """8 were paid on an old share of 400, before 2:1 on the same day and 4:1 after the period: today's shares are 8."""
    closes, adjusted = [50.0, 49, 49, 49], [49.0, 49, 49, 49]
    splits = {**split(1, 2), **split(60, 4)}
    told = {"dividends": action(1, amount=1.0), "splits": splits}
    yahoo.answer = 200, chart([0, 1, 2, 60], close=closes, adjclose=adjusted, events=told)
    prices = fetch("SPY", SPAN, datetime(2024, 3, 20, tzinfo=UTC))
    assert [f"{day:%m-%d}" for day in prices.frame.index] == ["01-02", "01-03", "01-04"]
    assert prices.unadjusted_close.tolist() == [400, 196, 196]
    assert events(prices) == {"03": (8, 2)}


def test_an_action_of_a_day_without_a_bar_is_one_of_the_next(yahoo):
    told = {"dividends": action(1, amount=1.0), "splits": split(1, 2)}
    bars = {name: [100.0, None, 99.0] for name in ("open", "high", "low", "close")}
    yahoo.answer = 200, chart([0, 1, 2], **bars, adjclose=[99.0, None, 99.0], events=told)
    prices = fetch_spy()
    assert prices.unadjusted_close.tolist() == [200, 99]
    assert events(prices) == {"04": (2, 2)}


def test_a_dividend_that_is_not_what_the_adjusted_closes_say(yahoo):
    """Prices in pence and the dividend in pounds, as London has them; and one that is not adjusted for yet."""
    told = {"dividends": action(1, amount=0.02) | action(2, amount=1.5)}
    bars = {name: [100.0, 98, 97] for name in ("open", "high", "low", "close")}
    yahoo.answer = 200, chart([0, 1, 2], **bars, adjclose=[98.0, 98, 97], events=told)
    prices = fetch_spy()
    assert {day: (round(paid, 9), split) for day, (paid, split) in events(prices).items()} == {
        "03": (2, 1),
        "04": (1.5, 1),
    }
    assert prices.notes == ("the dividend of 2024-01-03 is taken as 2, as the adjusted closes say: Yahoo names 0.02",)


@pytest.mark.parametrize(
    ("told", "note"),
    [
        ({"splits": split(1, 2, 0)}, "the split of 2024-01-03 is left out: inf new shares for one"),
        ({"splits": split(1, -2)}, "the split of 2024-01-03 is left out: -2 new shares for one"),
        (
            {"dividends": action(1, amount=-3.0)},
            "the dividend of 2024-01-03 is left out: it is -3, and the close before 100",
        ),
        (
            {"dividends": action(1, amount=5000.0)},
            "the dividend of 2024-01-03 is left out: it is 5,000, and the close before 100",
        ),
        (
            {"dividends": action(1, amount=100.0)},
            "the dividend of 2024-01-03 is left out: it is 100, and the close before 100",
        ),
    ],
)
def test_events_that_cannot_be_are_left_out(yahoo, told, note):
    yahoo.answer = 200, chart([0, 1, 2], events=told)
    prices = fetch_spy()
    assert events(prices) == {}
    assert prices.unadjusted_close.tolist() == [100, 100, 100]
    assert prices.notes == (note,)


def test_a_dividend_that_no_price_shows_is_told(yahoo):
    yahoo.answer = 200, chart([0, 1, 2], events={"dividends": action(1, amount=50.0)})
    prices = fetch_spy()
    assert events(prices) == {"03": (50, 1)}
    assert prices.notes == ("the dividend of 2024-01-03, 50, does not show in the adjusted closes: is it right?",)


def test_rate_limit_then_success(yahoo):
    yahoo.script.extend([RATE_LIMIT, RATE_LIMIT])  # yfinance asks twice in one try
    yahoo.answer = 200, chart([0, 1])
    assert len(fetch_spy().frame) == 2


def test_rate_limit_for_ever(yahoo):
    yahoo.answer = RATE_LIMIT
    with pytest.raises(YahooUnreachableError, match=r"SPY: it refuses more requests for now, 4 times - .*--csv FILE"):
        fetch_spy()
    assert len(yahoo.requests) == 8


def test_waits_double(yahoo, monkeypatch):
    waits = []
    monkeypatch.setattr("backtrader_walkforward.data.yahoo.client.FIRST_WAIT", 1.0)
    monkeypatch.setattr(time, "sleep", waits.append)
    yahoo.answer = RATE_LIMIT
    with pytest.raises(YahooUnreachableError):
        fetch_spy()
    assert waits == [1, 2, 4]


def test_dropped_connection_then_success(yahoo):
    yahoo.script.extend([DROPPED] * 3)
    yahoo.answer = 200, chart([0, 1])
    assert len(fetch_spy().frame) == 2


def test_dropped_connections(yahoo):
    yahoo.answer = DROPPED
    with pytest.raises(YahooUnreachableError, match="the connection was dropped, 4 times"):
        fetch_spy()


def test_truncated_json_is_asked_for_again(yahoo):
    yahoo.script.extend([(200, chart([0])), (200, '{"chart": {"result": [{"meta": {"curr')])
    yahoo.answer = 200, chart([0, 1])
    assert len(fetch_spy().frame) == 2


def test_truncated_json_for_ever(yahoo):
    yahoo.answer = 200, '{"chart": {"result": [{"meta": {"curr'
    with pytest.raises(YahooUnreachableError, match=r"its answer makes no sense \(JSONDecodeError\), 4 times"):
        fetch_spy()


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize("known", [True, False])
def test_failing_server_is_not_an_unknown_ticker(yahoo, status, known):
    yahoo.script.extend([(200, chart([0]))] * known)
    yahoo.answer = status, {"chart": {"result": None, "error": {"code": "Some Error", "description": "x"}}}
    with pytest.raises(YahooUnreachableError, match=f"it answers with HTTP status {status}, 4 times"):
        fetch_spy()


def test_unknown_ticker(yahoo):
    yahoo.answer = UNKNOWN
    with pytest.raises(DataError, match="Yahoo Finance knows no ticker 'SPY' - check its spelling") as raised:
        fetch_spy()
    assert not isinstance(raised.value, YahooUnreachableError)
    assert sum(path.startswith("/v10/") for path, _ in yahoo.requests) == 2  # one try, in which yfinance repeats itself


def test_ticker_that_became_unknown(yahoo):
    yahoo.script.append((200, chart([0])))
    yahoo.answer = UNKNOWN
    with pytest.raises(DataError, match="knows no ticker 'SPY'"):
        fetch_spy()


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"chart": {"result": [{"meta": {}, "indicators": {"quote": [{}]}}], "error": None}}),
        (400, {"chart": {"result": None, "error": {"code": "Bad Request", "description": "Data doesn't exist"}}}),
        (200, chart([])),
        (200, chart([0], open=[None], high=[None], low=[None], close=[None], volume=[None])),
    ],
)
def test_empty_answer(yahoo, answer):
    yahoo.script.append((200, chart([0])))
    yahoo.answer = answer
    with pytest.raises(DataError, match=r"no prices of SPY from 2024-01-01 to 2024-01-31 - .*--period") as raised:
        fetch_spy()
    assert not isinstance(raised.value, YahooUnreachableError)


def test_last_bar_without_values(yahoo):
    gap = [100.0, 100.0, None]
    yahoo.answer = 200, chart([0, 1, 2], open=gap, high=gap, low=gap, close=gap, volume=[1, 2, 3])
    prices = fetch_spy()
    assert len(prices.frame) == 2
    assert prices.notes == ("the last bar, of 2024-01-04, has no prices: it is left out",)


def test_last_bar_with_some_values(yahoo):
    yahoo.answer = 200, chart([0, 1, 2], high=[100.0, 100.0, None])
    prices = fetch_spy()
    assert len(prices.frame) == 2
    assert prices.notes == ("the last bar, of 2024-01-04, has only some of its prices: it is left out",)


@pytest.mark.parametrize(("hour", "rows"), [(20, 2), (22, 3)])
def test_open_session(yahoo, hour, rows):
    yahoo.answer = 200, chart([0, 1, 2])  # the session of the last bar is open from 14:30 to 21:00 UTC
    prices = fetch_spy(now=datetime(2024, 1, 4, hour, tzinfo=UTC))
    assert len(prices.frame) == rows
    said = ("the session of 2024-01-04 is not over: its bar is left out",)
    assert prices.notes == (said if rows == 2 else ())


def answer_with(**meta):
    """An answer whose metadata has other values."""
    answer = chart([0, 1])
    answer["chart"]["result"][0]["meta"] |= meta
    return 200, answer


@pytest.mark.parametrize(
    "meta", [{"exchangeTimezoneName": 5}, {"currentTradingPeriod": {"regular": "always"}}], ids=str
)
def test_metadata_of_another_type_are_no_answer(yahoo, meta):
    yahoo.answer = answer_with(**meta)
    with pytest.raises(YahooUnreachableError, match=r"SPY: its answer makes no sense \(.*\), 4 times - "):
        fetch_spy()


@pytest.mark.parametrize(
    "meta",
    [
        {"currentTradingPeriod": "always"},
        {"currentTradingPeriod": {"regular": {"start": "nine", "end": []}}},
        {"regularMarketTime": "now"},
    ],
    ids=str,
)
def test_metadata_that_are_not_read_change_nothing(yahoo, meta):
    yahoo.answer = answer_with(**meta)
    assert len(fetch_spy().frame) == 2


def test_prices_of_another_symbol_are_refused(yahoo):
    yahoo.answer = answer_with(symbol="QQQ")
    with pytest.raises(YahooUnreachableError, match="SPY: it answers with prices of QQQ, 4 times - "):
        fetch_spy()


@pytest.mark.parametrize(
    ("currency", "label"),
    [("USD", ""), (None, ""), ("GBp", ", in GBp"), (["GBP"], ", in ['GBP']"), ("<b>" * 99, ", in <b...b>")],
)
def test_another_currency_is_told_in_every_output(yahoo, currency, label):
    yahoo.answer = answer_with(currency=currency)
    assert fetch_spy().source == f"Yahoo Finance, adjusted{label}"


def test_logger_stays_silent(yahoo, caplog):
    yahoo.answer = RATE_LIMIT
    with pytest.raises(YahooUnreachableError):
        fetch_spy()
    assert caplog.records == []
    assert yfinance.config.debug.hide_exceptions is True


def test_time_used_up(yahoo, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.data.yahoo.client.TOTAL_SECONDS", 0)
    with pytest.raises(YahooUnreachableError, match="SPY: no answer in time - "):
        fetch_spy()


def test_no_network_fails_at_once(no_network):
    before = time.monotonic()
    with pytest.raises(YahooUnreachableError, match="no connection"):
        fetch_spy()
    assert time.monotonic() - before < 3
