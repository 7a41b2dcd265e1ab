"""The books: by hand, and laws that hold whatever the panel."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward import analyzers
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.books.reconstruct_equity import reconstruct_equity
from backtrader_walkforward.evaluation.books.self_checks import PanelBars
from backtrader_walkforward.panels.book import book_variants, first_day_of, notes_on_books, run_books
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.settings.settings import Settings
from tests.panel.markets import PRICES, drawn_panel, literal_bars

DAYS = pd.bdate_range("2024-01-01", periods=4, name="date")
FREE = Settings.of(capital=1_000.0, rebalance_band=0.0)
COSTS = {"commission_bps": 5.0, "slippage_bps": 2.0, "borrow_rate": 0.03, "cash_rate": 0.02}
SETTINGS = [{}, {"fill": "close"}, COSTS, {"stop_loss": 0.03, **COSTS}, {"whole_shares": True}, {"allow_short": False}]


def by_name(bars, settings=FREE, strategies=None):
    return {book.name: book for book in run_books(bars, settings, strategies)}


def filled(book):
    rounded = book.fills.assign(size=book.fills["size"].round(6))
    return rounded[["date", "ticker", "size", "price"]].to_numpy().tolist()


def books_of(panel, other, settings):
    """Return the books of `long_short`, whose hybrids buy all tickers, in two panels."""
    return [run_books(each, settings, ["long_short"]) for each in (panel, other)]


def assert_same(before, after):
    """Compare all that is recorded of two books, to the last bit."""
    for field in fields(before):
        one, other = getattr(before, field.name), getattr(after, field.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other, check_exact=True)
        elif isinstance(one, pd.Series):
            pd.testing.assert_series_equal(one, other, check_exact=True)
        elif field.name != "analyses":
            assert one == other or repr(one) == repr(other)


@pytest.fixture(scope="module")
def five():
    """Five tickers of four days: A has the highest forecast on the first two days, then E; and the other way round."""
    forecasts = {"A": [5, 5, 1, 1], "B": [4, 4, 2, 2], "C": [3, 3, 3, 3], "D": [2, 2, 4, 4], "E": [1, 1, 5, 5]}
    opens = {"A": [9, 10, 12, 12], "E": [9, 20, 25, 20]}
    closes = {"A": [9, 11, 12, 15], "E": [9, 20, 20, 20]}
    flat = [10, 10, 10, 10]
    return {
        ticker: literal_bars(opens.get(ticker, flat), closes.get(ticker, flat), [each / 100 for each in own], DAYS)
        for ticker, own in forecasts.items()
    }


def test_top_by_hand(five):
    # all of A at 10 on Tuesday: 100 shares; its weight of 1 stays; sold for E at the open of Thursday: 12 and 20
    book = by_name(five)["top"]
    assert book.equity.round(6).tolist() == [1000, 1100, 1200, 1200]
    assert filled(book) == [
        [DAYS[1], "A", 100, 10],
        [DAYS[3], "A", -100, 12],
        [DAYS[3], "E", 60, 20],
    ]
    assert book.weights["A"].tolist() == [1, 1, 0, 0]
    assert book.weights["E"].tolist() == [0, 0, 1, 1]


def test_long_short_by_hand(five):
    # 50 of A at 10, 25 of E short at 20. Wednesday's open: 500 + 500 + 50 x 12 - 25 x 25 = 975, of which a half each:
    # 40.625 of A at 12, 19.5 of E at 25. Thursday: cash 1000 - 500 + 500 + 9.375 x 12 - 5.5 x 25 = 975
    # equity at the open: 975 + 40.625 x 12 - 19.5 x 20 = 1072.5; then -44.6875 of A at 12 and 26.8125 of E at 20
    book = by_name(five)["long_short"]
    assert book.equity.round(6).tolist() == [1000, 1050, 1072.5, 1072.5 - 3 * 44.6875]
    sizes = book.fills.pivot_table(index="date", columns="ticker", values="size").round(6)
    assert sizes.to_numpy().tolist() == [[50, -25], [-9.375, 5.5], [-85.3125, 46.3125]]


def test_equal_weight_by_hand(five):
    # 20 of A at 10, 10 of E at 20, 20 of B, C and D at 10
    book = by_name(five, FREE.replace(rebalance_band=1.0))["equal_weight"]
    assert book.equity.round(6).tolist() == [1000, 1020, 1040, 1100]
    assert (book.weights == 0.2).all(axis=None)


def test_costs_by_hand(five):
    # 10 % commission and 900 in shares: the 1,000 pay 900 / 11 = 81.8 x 10 + 81.8
    book = by_name(five, FREE.replace(commission_bps=1_000.0))["top"]
    [first, *_] = book.fills[["size", "price", "commission"]].to_numpy().tolist()
    assert np.round(first, 6).tolist() == np.round([1000 / 11, 10, 1000 / 11], 6).tolist()


def test_hybrids_hold_shares_of_the_pure_book_and_of_all_tickers_bought_once(five):
    books = by_name(five)
    hybrid, pure = books["top_hybrid_70_30"], books["top"]
    np.testing.assert_allclose(hybrid.accounts["active"], 0.3 * pure.equity, rtol=1e-9)
    # 14 of A at 10, 7 of E at 20, 14 of B, C and D at 10
    passive = hybrid.fills[hybrid.fills["account"] == "passive"]
    assert dict(zip(passive["ticker"], passive["size"].round(6), strict=True)) == {
        "A": 14,
        "B": 14,
        "C": 14,
        "D": 14,
        "E": 7,
    }
    assert hybrid.accounts["passive"].round(6).tolist() == [700, 714, 728, 770]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_order_of_feeds_changes_nothing(settings):
    panel, settings = drawn_panel(days=30), Settings.of(**settings)
    shuffled = dict(reversed(panel.items()))
    for before, after in zip(*books_of(panel, shuffled, settings), strict=True):
        assert_same(before, after)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_equity_follows_from_fills_and_closes(settings):
    panel, settings = uneven(), Settings.of(**settings)
    closes = PanelBars.of(panel).closes.ffill().fillna(0)
    books = run_books(panel, settings, ["long_short"])
    for variant, book in zip(book_variants(settings, ["long_short"]), books, strict=True):
        capital = variant.capital_of_accounts(settings.trading.capital)
        expected = reconstruct_equity(book.booked_fills, closes.reindex(book.equity.index), capital, book.cash_flows)
        np.testing.assert_allclose(expected.sum(axis=1), book.equity, rtol=1e-9)
        assert len(book.fills) > 20


def uneven():
    """Return a panel in which tickers begin later, lack days and end."""
    panel = drawn_panel(days=60)
    days = panel["T00"].index
    panel["T03"] = panel["T03"].iloc[30:]
    panel["T04"] = panel["T04"].iloc[:35]
    panel["T05"] = panel["T05"].drop(days[20:24])
    for ticker in ("T06", "T07", "T08", "T09"):
        panel[ticker] = panel[ticker].drop(days[28])
    return panel


def test_the_book_begins_when_half_have_a_forecast():
    panel = drawn_panel(4, 20)
    panel["T00"], panel["T01"] = panel["T00"].iloc[7:], panel["T01"].iloc[:4]
    for ticker in ("T02", "T03"):
        panel[ticker].loc[panel[ticker].index[:9], "predicted_return"] = np.nan
    assert first_day_of(panel) == panel["T02"].index[9].date()
    assert by_name(panel)["top"].equity.index[0] == panel["T02"].index[9]


def test_tickers_that_never_have_forecasts_together_begin_with_the_first():
    panel = drawn_panel(3, 40)
    panel = {
        ticker: own.iloc[first : first + 13] for (ticker, own), first in zip(panel.items(), (0, 13, 26), strict=True)
    }
    assert first_day_of(panel) == panel["T00"].index[5].date()


@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_a_ticker_that_ends_is_closed_at_its_last_price(fill):
    panel = uneven()
    books = by_name(panel, Settings.of(fill=fill))
    last, price = panel["T04"].index[-1], panel["T04"]["Close"].iloc[-1]
    closed = books["equal_weight"].closed_at_end
    assert closed[["ticker", "date", "price"]].to_numpy().tolist() == [["T04", last, price]]
    fill = books["equal_weight"].booked_fills.query("ticker == 'T04'").iloc[-1]
    assert 10 < (fill["date"] - last).days <= 14
    assert books["top_hybrid_50_50"].closed_at_end["account"].tolist()[-1] == "passive"
    [note] = notes_on_books(books.values())
    assert note.startswith("T04: its prices end on 2024-02-16, before others; positions in it were closed at its last")


def test_prices_that_end_a_holiday_before_the_panel_are_held():
    panel = drawn_panel()
    panel["T01"] = panel["T01"].iloc[:-8]
    books = run_books(panel, FREE)
    assert notes_on_books(books) == ()
    held = books[-1].fills.query("ticker == 'T01'")["size"].sum()
    assert held > 0


def test_a_single_ticker_is_bought_and_held():
    panel = {"T00": drawn_panel(1)["T00"]}
    books = by_name(panel)
    opens, closes = (panel["T00"][name].iloc[5:] for name in ("Open", "Close"))
    expected = np.r_[1_000, 1_000 / opens.iloc[1] * closes.iloc[1:]]
    for name in ("top", "equal_weight", "top_hybrid_30_70"):
        np.testing.assert_allclose(books[name].equity, expected, rtol=1e-9)
    assert (books["long_short"].equity == 1_000).all()


def test_weights_sum_as_declared():
    books = by_name(uneven(), Settings.of())
    long_short, top, equal = (books[name].weights for name in ("long_short", "top", "equal_weight"))
    np.testing.assert_allclose(long_short.abs().sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(long_short.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(top.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(equal.sum(axis=1), 1, rtol=1e-12)
    assert set((long_short != 0).sum(axis=1)) == {2, 4}


def test_the_scale_of_a_tickers_prices_changes_nothing():
    panel = uneven()
    scaled = panel | {"T02": panel["T02"].assign(**(panel["T02"][PRICES] * 64))}
    for before, after in zip(*books_of(panel, scaled, FREE), strict=True):
        np.testing.assert_allclose(before.equity, after.equity, rtol=1e-12)


@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_a_shorter_history_has_the_same_beginning(fill):
    panel, settings = uneven(), Settings.of(fill=fill, **COSTS)
    end = panel["T00"].index[50]
    short = {ticker: own.loc[:end] for ticker, own in panel.items()}
    for before, after in zip(*books_of(panel, short, settings), strict=True):
        pd.testing.assert_series_equal(before.equity.loc[:end], after.equity, check_exact=True)
        pd.testing.assert_frame_equal(before.weights.loc[:end], after.weights, check_exact=True)


@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_the_past_does_not_change_with_the_future(fill):
    panel, settings = uneven(), Settings.of(fill=fill)
    end = panel["T00"].index[40]
    poisoned = {ticker: pd.concat([own.loc[:end], 3 * own.loc[end:].iloc[1:]]) for ticker, own in panel.items()}
    for before, after in zip(*books_of(panel, poisoned, settings), strict=True):
        pd.testing.assert_series_equal(before.equity.loc[:end], after.equity.loc[:end], check_exact=True)
        pd.testing.assert_frame_equal(before.weights.loc[:end], after.weights.loc[:end], check_exact=True)


def test_a_holiday_of_half_the_panel_leaves_its_positions():
    panel = drawn_panel()
    day = panel["T00"].index[33]
    away = ["T05", "T06", "T07", "T08", "T09"]
    panel |= {ticker: panel[ticker].drop(day) for ticker in away}
    book = by_name(panel)["equal_weight"]
    assert day in book.equity.index
    assert not book.fills.query("date == @day and ticker in @away")["ticker"].any()
    assert book.weights.loc[day].round(9).tolist() == [0.1] * 10
    assert (book.gross_exposure.iloc[1:] > 0.98).all()
    assert [name for name, metric in book.metrics.declared.items() if metric.in_ranking and "exposure" in name] == [
        "gross_exposure"
    ]


def test_cash_that_is_rounding_buys_nothing():
    """A book that is all in the market is short of cash by the commission of each day, and trades no dust with it."""
    settings = Settings.of(commission_bps=5, fill="close")
    before = [book.fills for book in run_books(drawn_panel(tickers=20, days=250), settings, ["top"])]
    assert min((fills["size"].abs() * fills["price"]).min() for fills in before) > 1e-3


def test_parameters_from_outside_make_books_of_their_own():
    settings = FREE.replace(param="top.longest_gap=20,12", hybrids=None)
    books = by_name(drawn_panel(), settings, ["top"])
    assert list(books) == ["top(longest_gap=12)", "top(longest_gap=20)", "equal_weight"]
    default = by_name(drawn_panel(), FREE.replace(hybrids=None), ["top"])["top"]
    assert books["top(longest_gap=12)"].equity.equals(default.equity)


def test_the_best_of_the_books_has_traded():
    """The weights of a book are a table, whose rows are summed."""
    *books, benchmark = run_books(drawn_panel(), FREE, ["top"])
    assert Comparison.of(books, benchmark).best_has_traded


ANALYZER = """import backtrader as bt


class {name}(bt.Analyzer):
    def get_analysis(self):
        return "what the plug-in returned"
"""


@pytest.mark.parametrize("name", ["Unchecked", "ClosedAtEnd"])
def test_an_analyzer_may_have_any_name_but_that_of_a_recorder(name, tmp_path, monkeypatch):
    (tmp_path / f"{snake_case(name)}.py").write_text(ANALYZER.format(name=name))
    monkeypatch.setattr(analyzers, "__path__", [*analyzers.__path__, str(tmp_path)])
    for book in run_books(drawn_panel(days=20), FREE, ["top"]):
        assert book.analyses[snake_case(name)] == "what the plug-in returned"
