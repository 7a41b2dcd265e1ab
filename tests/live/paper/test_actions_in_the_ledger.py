"""Dividends and splits between sessions: what the accounts have then, in numbers that can be checked by hand."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward, ensemble_members, forecast
from backtrader_walkforward.live.paper.backtest_comparison import compare
from backtrader_walkforward.live.paper.corporate_actions import Action, rows_of
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.session import run_session
from backtrader_walkforward.live.paper.statement import accounts_of, actions_text, outlook_of
from backtrader_walkforward.live.paper.trading import ForecastResources
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of
from tests.data.yahoo_server import DAY, OPENING, chart
from tests.live.sessions import NEW_YORK, NOW, SESSIONS, dump, equity_of, hold, in_order, in_time, write_quoted

HISTORY = load_sample("SPY").frame.loc["2015-10-01":"2016-07-29"]
WEEKDAYS = [day for day in range(-120, 8) if (day + 1) % 7 < 5]
EX_DAY, SPLIT_DAY, SECOND = 2, 3, 6


class Yahoo:
    """Yahoo's answers on a share that costs 100 from the opening of the ledger on, but for what it pays and splits."""

    def __init__(self, server, settings, ledger):
        self.server, self.ledger = server, ledger
        self.settings = settings.replace(source="yahoo", capital=10_000.0)

    def session(self, day, *, dividend=EX_DAY, split=SPLIT_DAY):
        """Run the session of a day, at which the dividend and the split are known from these days on."""
        known = [number for number in WEEKDAYS if number <= day]
        bars = HISTORY.iloc[: len(known)] * 100 / HISTORY["Close"].iloc[len(WEEKDAYS) - 6]
        quoted = {name.lower(): bars[name].to_numpy().copy() for name in bars}
        days = np.array(known)
        price = np.where(
            days >= SECOND, 49.375, np.where(days >= SPLIT_DAY, 50.0, np.where(days == EX_DAY, 98.75, 100.0))
        )
        for name in ("open", "high", "low", "close"):
            quoted[name] = np.where(days >= 0, price, quoted[name])
            if day >= split:
                quoted[name][days < SPLIT_DAY] /= 2
        factor = np.ones(len(days))
        halved = 0.5 if day >= split else 1.0
        events = {"dividends": {}}
        for ex_day, paid, since in ((EX_DAY, 1.25 * halved, dividend), (SECOND, 0.625, SECOND)):
            if day >= since:
                factor[days < ex_day] *= 1 - paid / quoted["close"][days < ex_day][-1]
                stamp = OPENING + ex_day * DAY
                events["dividends"][str(stamp)] = {"amount": paid, "date": stamp}
        if day >= split:
            stamp = OPENING + SPLIT_DAY * DAY
            events["splits"] = {str(stamp): {"date": stamp, "numerator": 2.0, "denominator": 1.0, "splitRatio": "2:1"}}
        columns = {name: values.tolist() for name, values in quoted.items()}
        adjusted = (quoted["close"] * factor).tolist()
        self.server.answer = 200, chart(known, events=events, adjclose=adjusted, **columns)
        now = datetime(2024, 1, 2, 17, tzinfo=NEW_YORK) + timedelta(days=day)
        return run_session(self.settings, self.ledger, ForecastResources(), now=now)


@pytest.fixture
def market(yahoo, settings, ledger):
    return Yahoo(yahoo, settings, ledger)


def test_a_dividend_is_cash_and_a_split_changes_shares_alone(market):
    """100 shares at 100 get 125 in cash, become 200 at 50, and get 125 again; a short position pays."""
    market.session(0)
    held = {}
    for day in (1, EX_DAY, SPLIT_DAY, SECOND):
        session = market.session(day)
        row = accounts_of(session).set_index("name").loc["buy_and_hold"]
        held[day] = (row["position"], row["equity"], outlook_of(session).close)
    assert held == {
        1: pytest.approx((100.0, 10_000.0, 100.0)),
        EX_DAY: pytest.approx((100.0, 10_000.0, 98.75)),
        SPLIT_DAY: pytest.approx((200.0, 10_125.0, 50.0)),
        SECOND: pytest.approx((200.0, 10_125.0, 49.375)),
    }
    assert not session.late.any()
    assert list(actions_text(session)) == ["Dividend of 0.625 on 2024-01-08"]
    record = market.ledger.read()
    assert rows_of(record.tables.actions) == [
        Action(pd.Timestamp("2024-01-04"), "dividend", 1.25, False),
        Action(pd.Timestamp("2024-01-05"), "split", 2.0, False),
        Action(pd.Timestamp("2024-01-08"), "dividend", 0.625, False),
    ]
    passive = record.tables.positions.query("variant == 'buy_and_hold'")
    assert passive["shares"].tolist() == pytest.approx([0.0, 100.0, 100.0, 100.0, 100.0])
    [benchmark] = [result for result in session.comparison.results if result.name == "buy_and_hold"]
    assert benchmark.cash_flows["kind"].tolist() == ["dividend", "dividend"]
    assert benchmark.cash_flows["amount"].tolist() == pytest.approx([125.0, 125.0])
    closes = record.tables.signals["Close"].loc["2024-01-02":]
    assert closes.tolist() == [100.0, 100.0, 98.75, 100.0, 98.75]
    active = record.tables.positions.query("variant == 'binary'").set_index("day")
    assert active["equity"].loc["2024-01-04"] == pytest.approx(10_000.0)


def test_one_session_for_all_days_records_the_same(market, tmp_path):
    for day in (0, 1, EX_DAY, SPLIT_DAY, SECOND):
        market.session(day)
    daily, market.ledger = market.ledger.read(), PaperLedger(tmp_path / "other", "SPY")
    market.session(0)
    late = market.session(SECOND)
    pd.testing.assert_frame_equal(late.tables.signals, daily.tables.signals, rtol=1e-10, check_freq=False)
    np.testing.assert_allclose(equity_of(late.tables), equity_of(daily.tables), rtol=1e-12)
    assert rows_of(late.tables.actions) == rows_of(daily.tables.actions)
    assert late.late.tolist() == [False, True, True, True, False]


@pytest.mark.slow
@pytest.mark.parametrize("told", [{"dividend": SPLIT_DAY}, {"split": SECOND}], ids=str)
def test_what_yahoo_tells_a_session_late_is_booked_as_if_it_had_been_known(market, tmp_path, told):
    """A dividend is not known on its ex-day; a split not on the day whose bar is in new shares already."""
    for day in (0, 1, EX_DAY):
        market.session(day, **told)
    if "split" in told:
        with pytest.raises(Exception, match="the prices of 2024-01-05 jump as after a split of 2 for 1, and Yahoo"):
            market.session(SPLIT_DAY, **told)
    else:
        market.session(SPLIT_DAY, **told)
    found = market.session(SECOND, **told)
    record, market.ledger = market.ledger.read(), PaperLedger(tmp_path / "other", "SPY")
    for day in (0, 1, EX_DAY, SPLIT_DAY, SECOND):
        in_order = market.session(day)
    np.testing.assert_allclose(equity_of(record.tables), equity_of(in_order.tables), rtol=1e-12)
    assert record.late.loc["2024-01-02":].tolist() == (
        [False, False, False, True, False] if "split" in told else [False, False, True, False, False]
    )
    assert found.late.tolist() == record.late.loc["2024-01-02":].tolist()


def adjusted_backtest(settings, traded, actions, paper_day, last_day):
    """Run a backtest of prices as traded with dividends in cash, without any function of the ledger.

    Forecasts are made on prices in which each dividend has bought shares at the close before.
    """
    bars = traded.loc[:last_day].copy()
    paid = pd.Series(0.0, bars.index)
    for day, dividend in actions.items():
        paid[day] = dividend
    growth = (1 / (1 - paid / bars["Close"].shift().fillna(1.0))).cumprod()
    adjusted = bars.assign(**bars[PRICE_COLUMNS].mul(growth, axis=0))
    features = compute_features(adjusted, settings.forecast.timeframes)
    walk_forward = WalkForward(
        first_test=features.dropna().index.get_loc(paper_day),
        lookback=settings.forecast.lookback,
        retrain_every=settings.forecast.retrain_every,
    )
    made = forecast(adjusted, features, ensemble_members(settings), walk_forward)
    variants = variants_of(find_strategies(settings.trading.strategies))
    signals = build_signals(adjusted, features, made.table, settings, variants)
    signals = signals.assign(**bars, dividend=paid)
    return run_backtest(signals, [*variants, BENCHMARK], settings)


@pytest.mark.slow
def test_the_ledger_is_one_backtest_with_the_same_actions(settings, ledger, tmp_path):
    """Dividends of 20 and 10 with a split of 3 for 2 between them: 10 of a new share are 15 of one of the first day."""
    actions = [(str(SESSIONS[5]), 1, 20.0), (str(SESSIONS[9]), 1.5, 0.0), (str(SESSIONS[14]), 1, 10.0)]
    traded = HISTORY.copy()
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, calendar="XNYS")
    for day in (0, 1, 4, 5, 8, 9, 12, 14, 20):
        write_quoted(csv.data.csv, traded, actions, until=SESSIONS[day])
        in_time(csv, ledger, SESSIONS[day])
    record = ledger.read()
    history = traded.loc[record.first_day :]
    paid = {pd.Timestamp(SESSIONS[5]): 20.0, pd.Timestamp(SESSIONS[14]): 15.0}
    results = adjusted_backtest(csv, history, paid, record.paper_day, record.last_day)
    for result in results:
        np.testing.assert_allclose(equity_of(record.tables)[result.name], result.equity, rtol=1e-9)
    flows = results[-1].cash_flows["amount"]
    shares = 100_000 / traded["Open"].loc[str(SESSIONS[1])]
    assert flows.tolist() == pytest.approx([20 * shares, 15 * shares])
    report = compare(csv, ledger, ForecastResources(), NOW)
    assert report.record.is_equal
    assert report.record.variants["buy_and_hold"].largest_gap < 1e-6


def test_a_split_that_nobody_tells_is_refused_and_booked_once_it_is_confirmed(settings, ledger, tmp_path, capsys):
    """The file has five days in new shares before its history is adjusted. The first answer of the user is wrong."""
    prices, day, half = tmp_path / "prices.csv", str(SESSIONS[4]), [0.5, 0.5, 0.5, 0.5, 2.0]
    command = f"paper --csv {prices} --ticker SPY --predictor ridge --period 240 --lookback 5 --strategies binary"
    command += " --rebalance-band 0 --threshold 0 --retrain-every 10 --workers 1"
    command += f" --calendar XNYS --cache-dir {tmp_path} --end"

    def paper(place, *arguments):
        code = main([*command.split(), str(SESSIONS[place]), *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    mixed = HISTORY.copy()
    mixed.loc[day:] *= half
    mixed.to_csv(prices)
    for place in (0, 3):
        assert paper(place)[0] == 0
    assert paper(8)[::2] == (
        1,
        f"runner.py: the prices of {day} jump as after a split of 2 for 1, and CSV file prices.csv knows of none"
        f" - try again tomorrow, or add --confirm {day}:split=2, or split=1 if there was none\n",
    )
    assert paper(8, "--confirm", f"{day}:split=1")[0] == 0
    assert equity_of(ledger.read().tables)["buy_and_hold"].iloc[-1] < 60_000
    (HISTORY * half).to_csv(prices)
    recorded = dump(ledger)
    assert paper(10)[::2] == (
        1,
        f"runner.py: the prices of 171 recorded days before {day} are now 0.5 times as high: a split of 2 for 1?"
        f" - if it is, add --confirm {day}:split=2\n",
    )
    assert dump(ledger) == recorded
    code, output, _ = paper(10, "--confirm", f"{day}:split=2")
    assert code == 0
    assert "Split of 2 for 1 on 2016-06-07, as confirmed" in output.splitlines()
    assert f"Note: recorded days that are recorded again, late: 5, the first {day}, because this became known" in output
    HISTORY.to_csv(prices)
    steady = settings.replace(source="csv", csv=prices, period=240, calendar="XNYS")
    expected = hold(steady, PaperLedger(tmp_path / "steady", "SPY"), SESSIONS[0], SESSIONS[10])
    found = ledger.read().tables
    np.testing.assert_allclose(equity_of(found), equity_of(expected.tables), rtol=1e-12)
    with closing(sqlite3.connect(ledger.path)) as connection:
        ask = "SELECT equity, late FROM equity WHERE variant = 'buy_and_hold' ORDER BY day"
        equity, late = zip(*connection.execute(ask).fetchall(), strict=True)
        kept = connection.execute("SELECT session, day, kind, value, confirmed FROM actions").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="the rows of actions stay"):
            connection.execute("DELETE FROM actions")
    np.testing.assert_allclose(equity, equity_of(found)["buy_and_hold"])
    assert set(late) == {1}
    assert kept == [(2, day, "split", 1.0, 1), (3, day, "split", 2.0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"fill": "close", "stop_loss": 0.01, "slippage_bps": 5.0},
        {"whole_shares": True, "borrow_rate": 0.05, "cash_rate": 0.02, "commission_min": 2.0},
        {"regimes": ("trend", "markov"), "take_profit": 0.02, "rebalance_band": 0.1},
    ],
    ids=" ".join,
)
def test_actions_and_other_settings_a_day_at_a_time_and_all_at_once(settings, ledger, tmp_path, changed):
    actions = [(str(SESSIONS[3]), 1, 20.0), (str(SESSIONS[5]), 1.5, 0.0), (str(SESSIONS[7]), 1, 10.0)]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, calendar="XNYS", **changed)
    for place in range(10):
        write_quoted(csv.data.csv, HISTORY, actions, until=SESSIONS[place])
        daily = in_time(csv, ledger, SESSIONS[place])
    other = PaperLedger(tmp_path / "other", "SPY")
    for place in (0, 9):
        write_quoted(csv.data.csv, HISTORY, actions, until=SESSIONS[place])
        at_once = in_time(csv, other, SESSIONS[place])
    pd.testing.assert_frame_equal(at_once.tables.signals, daily.tables.signals, rtol=1e-9, check_freq=False)
    for name in ("positions", "orders", "fills"):
        first, second = (in_order(getattr(session.tables, name)) for session in (daily, at_once))
        pd.testing.assert_frame_equal(first, second, rtol=1e-7, check_dtype=False)


def test_whole_shares_are_those_of_the_day(settings, ledger, tmp_path):
    """After ten for one, ten times the shares are held, and any number of them: tenths of a share of the first day."""
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, calendar="XNYS", whole_shares=True)
    for place in (0, 2, 3, 9):
        write_quoted(csv.data.csv, HISTORY, [(str(SESSIONS[3]), 10, 0.0)], until=SESSIONS[place])
        session = in_time(csv, ledger, SESSIONS[place])
    held = session.tables.positions.set_index("day")["shares"]
    before, after = held.loc[: str(SESSIONS[2])], 10 * held.loc[str(SESSIONS[3]) :]
    assert (before == before.round()).all()
    np.testing.assert_allclose(after, after.round(), atol=1e-6)
    assert (after.round() % 10 != 0).any()
    orders = 10 * session.tables.orders.set_index("day")["shares"].loc[str(SESSIONS[3]) :]
    np.testing.assert_allclose(orders, orders.round(), atol=1e-6)


def test_whole_shares_after_a_split_by_hand(market):
    """Half of 9,937.50 is 99 whole shares of 50, sold short: they are 49.5 of the first day."""
    market.settings = market.settings.replace(whole_shares=True, strategies=("fixed",))
    market.session(0)
    fixed = market.session(SPLIT_DAY).tables.positions.query("variant == 'fixed'")
    assert fixed["equity"].tolist() == [10_000, 10_000, 10_000, 9_937.5]
    assert fixed["shares"].tolist() == [0, -50, -50, -49.5]
