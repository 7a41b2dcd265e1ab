"""Sessions on the sample, one after the other."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.lstm import LSTM
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.errors import ArgumentError, DataError, UserError
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.live.paper.paper_ledger import LedgerError, PaperLedger
from backtrader_walkforward.live.paper.session import is_late, run_session
from backtrader_walkforward.live.paper.trading import ForecastResources, anchored
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.strategies import kelly
from backtrader_walkforward.trading import SizingStrategy
from tests.data.yahoo_server import DAY, OPENING, chart
from tests.live.sessions import NEW_YORK, NOW, SESSIONS, assert_same_books, dump, equity_of, hold, in_time, write_quoted


class Searching(Ridge):
    """Takes over epochs, and no weights."""

    searches_epochs = True


PERIODS = {94: (86, 87), 95: (87, 90)}
"""Periods up to the first session that have one row less than so many, and as many."""


def test_the_first_session_holds_history_and_orders_for_the_next_open(settings, ledger):
    session = hold(settings, ledger, SESSIONS[0])
    assert SESSIONS[0] == date(2016, 6, 1)
    forecasts = session.tables.signals["predicted_return"].dropna()
    assert [day.date() for day in forecasts.index] == [SESSIONS[0]]
    assert equity_of(session.tables).to_numpy().tolist() == [[100_000.0] * 5]
    assert session.tables.fills.empty
    close = session.prices.frame["Close"].iloc[-1]
    passive = session.tables.orders.query("variant == 'buy_and_hold'")["shares"].tolist()
    assert passive == [100_000.0 / close]
    sign = 1 if forecasts.iloc[0] > 0 else -1
    [active] = session.tables.orders.query("variant == 'binary'")["shares"]
    assert active == sign * 100_000.0 / close


def test_the_second_session_fills_at_the_open(settings, ledger):
    session = hold(settings, ledger, *SESSIONS[:2])
    bar = session.prices.frame.loc["2016-06-02"]
    assert len(session.new.signals) == 1
    held = session.new.fills.set_index("variant").loc["buy_and_hold"]
    assert (held["day"], held["price"]) == (pd.Timestamp("2016-06-02"), bar["Open"])
    equity = equity_of(session.tables).loc["2016-06-02", "buy_and_hold"]
    assert equity == pytest.approx(100_000 * bar["Close"] / bar["Open"])


@pytest.mark.parametrize(("target", "needed"), [("traded", 95), ("return", 94)])
def test_a_ledger_opens_with_as_many_days_as_one_fit_needs(settings, ledger, target, needed):
    """With 33 rows of warm-up: 40 + 20 - 1 rows of windows, those whose targets are not yet known, and the last."""
    few, enough = (settings.replace(lookback=40, target=target, period=days) for days in PERIODS[needed])
    with pytest.raises(DataError, match=f"too few rows of prices: {needed - 1} .*, {needed} are needed - use a longer"):
        hold(few, ledger, SESSIONS[0])
    assert len(hold(enough, ledger, SESSIONS[0]).prices.frame) == needed


def test_a_record_is_read_back_to_the_bit(settings, ledger):
    session = hold(settings, ledger, *SESSIONS[:6])
    assert_same_books(ledger.read().tables, session.tables)


def test_the_same_session_again_changes_nothing(settings, ledger):
    hold(settings, ledger, *SESSIONS[:3])
    before, content = dump(ledger), ledger.path.read_bytes()
    session = hold(settings, ledger, SESSIONS[2])
    assert session.new.signals.empty
    assert (dump(ledger), ledger.path.read_bytes()) == (before, content)
    assert len(session.tables.orders[session.tables.orders["day"] == "2016-06-03"]) >= 0


def test_missed_days_are_recorded_later_with_the_same_result(settings, ledger, tmp_path):
    hold(settings, ledger, *SESSIONS[:15])
    other = PaperLedger(tmp_path / "other", "SPY")
    session = hold(settings, other, SESSIONS[0], SESSIONS[7], SESSIONS[14])
    assert len(session.new.signals) == 7
    assert_same_books(other.read().tables, ledger.read().tables)
    assert len(other.read().sessions) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"fill": "close"},
        {"fill": "close", "stop_loss": 0.01, "slippage_bps": 5.0},
        {"whole_shares": True, "commission_min": 2.0, "cash_rate": 0.03},
        {"cold_start_every": 3, "retrain_every": 2, "train_window": 20},
        {"predictor": "ridge,mean", "timeframes": ("daily", "weekly")},
        {"train_with": ("^IXIC",)},
    ],
    ids=lambda changed: " ".join(changed),
)
def test_one_session_a_day_and_one_for_all_days_record_the_same(settings, ledger, tmp_path, changed):
    """A session refuses to go on if one more bar changes an earlier fill, order or equity."""
    settings = settings.replace(**({"retrain_every": 5} | changed))
    hold(settings, ledger, *SESSIONS[:8])
    other = PaperLedger(tmp_path / "other", "SPY")
    hold(settings, other, SESSIONS[0], SESSIONS[7])
    assert_same_books(other.read().tables, ledger.read().tables)
    assert not other.read().tables.fills.empty


def test_the_record_of_a_faster_process_is_used(settings, ledger, monkeypatch):
    hold(settings, ledger, SESSIONS[0])
    read, others = PaperLedger.read, []

    def read_before_another_writes(self):
        record = read(self)
        if not others:
            others.append(self)
            hold(settings, self, SESSIONS[1])
        return record

    monkeypatch.setattr(PaperLedger, "read", read_before_another_writes)
    assert hold(settings, ledger, SESSIONS[1]).new.signals.empty
    assert len(ledger.read().sessions) == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"capital": 5_000.0},
            "--capital is 5000, but the ledger was opened with 100000 - use the same value, or start another",
        ),
        ({"strategies": None}, "--strategies is all, but the ledger was opened with binary - use the same value"),
        ({"stop_loss": 0.05}, "--stop-loss is 0.05, but the ledger was opened with none - use the same value"),
        (
            {"end": SESSIONS[1]},
            "--end 2016-06-02 is before 2016-06-03, the last day of the ledger, which only grows - use a later day",
        ),
    ],
)
def test_other_settings_are_refused(settings, ledger, changed, message):
    hold(settings, ledger, *SESSIONS[:3])
    before = dump(ledger)
    with pytest.raises(ArgumentError, match=message):
        run_session(settings.replace(**{"end": SESSIONS[3]} | changed), ledger, ForecastResources(), now=NOW)
    assert dump(ledger) == before


def test_settings_that_do_not_change_the_accounts_are_free(settings, ledger):
    hold(settings, ledger, SESSIONS[0])
    other = settings.replace(null_models=3, seeds=2, quiet=True, tearsheets="none", use_cache=False)
    assert len(hold(other, ledger, SESSIONS[1]).new.signals) == 1


def test_prices_of_another_source_are_refused(settings, ledger, tmp_path):
    hold(settings, ledger, SESSIONS[0])
    path = write(tmp_path / "spy.csv", load_sample("SPY").frame.loc["2015":"2016-07"])
    with pytest.raises(
        LedgerError,
        match=r"come from CSV file spy.csv, but .* from bundled sample: .* - take them from there, or start",
    ):
        hold(settings.replace(source="csv", csv=path), ledger, SESSIONS[1])


class LastOneShort(SizingStrategy):
    """Reads the next bar, which the last bar does not have."""

    def target_weight(self):
        return self.bias * (1 if len(self.data) < self.data.buflen() else -1)

    bias = 1.0


@pytest.fixture
def planted(monkeypatch):
    """Add this strategy to `strategies/`."""
    monkeypatch.setattr(LastOneShort, "__module__", kelly.__name__)
    monkeypatch.setattr(kelly, "LastOneShort", LastOneShort, raising=False)


def test_a_strategy_that_looks_ahead_is_refused(settings, ledger, planted):
    peeking = settings.replace(strategies=("last_one_short",))
    hold(peeking, ledger, *SESSIONS[:1])
    before = dump(ledger)
    with pytest.raises(LedgerError, match=r"the weight of Last one short on 2016-06-01 was -1.0000, and is 1.0000 now"):
        hold(peeking, ledger, *SESSIONS[1:4])
    assert dump(ledger) == before


def test_a_new_strategy_is_a_note_and_a_missing_one_an_error(settings, ledger, monkeypatch):
    every = settings.replace(strategies=None)
    hold(every, ledger, SESSIONS[0])
    monkeypatch.setattr(LastOneShort, "__module__", kelly.__name__)
    monkeypatch.setattr(kelly, "LastOneShort", LastOneShort, raising=False)
    session = hold(every, ledger, SESSIONS[1])
    assert "last_one_short: not in this ledger, because it was opened before" in session.notes
    monkeypatch.delattr(kelly, "Kelly")
    with pytest.raises(
        LedgerError, match=r"the ledger trades 'kelly', but strategies/ no longer has it - put its file back"
    ):
        hold(every, ledger, SESSIONS[2])


def write(path, frame):
    frame.rename_axis("Date").to_csv(path)
    return path


def test_a_split_changes_shares_and_nothing_else(settings, tmp_path):
    """From session 10 on there are two shares for one, whose price is half: shares and nothing else."""
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-07-15"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240)

    def trade(actions, name):
        factors = {}
        for day in (0, 9, 10, 11, 19, 25):
            write_quoted(csv.data.csv, history, actions, until=SESSIONS[day])
            session = hold(csv, PaperLedger(tmp_path / name, "SPY"), SESSIONS[day])
            factors[day] = session.price_factor
        return session, factors

    steady, ones = trade([], "steady")
    split, factors = trade([(str(SESSIONS[10]), 2, 0.0)], "split")
    assert set(ones.values()) == {1.0}
    assert factors == {0: 1.0, 9: 1.0, 10: 0.5, 11: 0.5, 19: 0.5, 25: 0.5}
    np.testing.assert_allclose(equity_of(split.tables), equity_of(steady.tables), rtol=1e-9)
    np.testing.assert_allclose(split.tables.signals, steady.tables.signals, rtol=1e-9)
    assert split.tables.actions.to_numpy().tolist() == [[pd.Timestamp(SESSIONS[10]), "split", 2.0, False]]


@pytest.mark.parametrize(
    "first_moment", [datetime(2024, 1, 2, 22, tzinfo=UTC), datetime(2024, 1, 2, 20, tzinfo=NEW_YORK)], ids=str
)
def test_yahoos_sessions_over_a_weekend_and_a_split(settings, ledger, yahoo, first_moment):
    """Yahoo adjusts all prices for a split. The second session records Friday, which was missed, and Monday."""
    bars = load_sample("SPY").frame
    days = [day for day in range(-120, 7) if (day + 1) % 7 < 5]
    settings = settings.replace(source="yahoo")

    def session_of(day, split):
        known = [number for number in days if number <= day]
        columns = {name.lower(): bars[name].iloc[: len(known)].tolist() for name in bars}
        scaled = {name: [value * split for value in values] for name, values in columns.items() if name != "volume"}
        stamp = OPENING + 6 * DAY
        events = {"splits": {str(stamp): {"date": stamp, "numerator": 2.0, "denominator": 1.0, "splitRatio": "2:1"}}}
        yahoo.answer = 200, chart(known, events=events if split != 1 else None, **columns | scaled)
        return run_session(settings, ledger, ForecastResources(), now=first_moment + timedelta(days=day))

    first = session_of(2, split=1.0)
    assert first.header.source == "Yahoo Finance, adjusted"
    second = session_of(6, split=0.5)
    assert [f"{day:%a %d}" for day in second.new.signals.index] == ["Fri 05", "Mon 08"]
    assert second.price_factor == 0.5
    assert not any("recorded days" in note for note in second.notes)
    signals = bars["Close"].iloc[: len(days)]
    held = signals / bars["Open"].iloc[len(days) - 2]
    equity = equity_of(second.tables)["buy_and_hold"]
    assert equity.tolist() == pytest.approx([100_000.0, *(100_000 * held.iloc[-2:])])


def test_the_last_session_of_a_file_depends_on_the_time_zone_of_now(settings, ledger, tmp_path):
    """Monday evening in New York is Tuesday in UTC. Monday's bar is the last one until Tuesday's session."""
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-06"]
    csv = settings.replace(source="csv", csv=write(tmp_path / "prices.csv", history), period=240, calendar="XNYS")
    for hour, added in ((20, 1), (33, 0)):
        moment = datetime(2016, 6, 6, tzinfo=NEW_YORK) + timedelta(hours=hour)
        session = run_session(csv, ledger, ForecastResources(), now=moment)
        assert len(session.new.positions["day"].unique()) == added
    assert ledger.read().sessions["recorded"].tolist() == ["2016-06-07 00:00:00+00:00"]
    with pytest.raises(
        DataError, match="the prices end on 2016-06-06, and the session of Tuesday, 2016-06-07 is missing"
    ):
        run_session(csv, ledger, ForecastResources(), now=datetime(2016, 6, 7, 16, tzinfo=NEW_YORK))


def test_a_bankrupt_account_trades_no_more(settings, ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(AlwaysShort, "__module__", kelly.__name__)
    monkeypatch.setattr(kelly, "AlwaysShort", AlwaysShort, raising=False)
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-20"].copy()
    history.loc["2016-06-08":, ["Open", "High", "Low", "Close"]] *= 3
    csv = settings.replace(
        source="csv", csv=write(tmp_path / "up.csv", history), period=240, strategies=("always_short",)
    )
    hold(csv, ledger, *SESSIONS[:5])
    session = hold(csv, ledger, *SESSIONS[5:9], confirm=["2016-06-08:split=1"])
    assert equity_of(session.tables)["always_short"].iloc[-1] < 0
    assert [result.metrics.bankrupt for result in session.comparison.ranked if result.name == "always_short"] == [
        date(2016, 6, 8)
    ]
    pending = session.tables.orders.query("variant == 'always_short' and day == '2016-06-13'")
    assert pending.empty


class AlwaysShort(SizingStrategy):
    """Is always short."""

    def target_weight(self):
        return -1.0


def test_nothing_is_confirmed_before_there_is_a_ledger(settings, ledger):
    with pytest.raises(ArgumentError, match="--confirm: this session opens the ledger, and nothing came since"):
        hold(settings, ledger, SESSIONS[0], confirm=["2016-06-01:split=2"])


def test_a_session_that_arrives_late_is_traded(settings, ledger, tmp_path):
    """The file lacks the third session until the sixth: it and what follows is traded again, as with all of them."""
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, calendar="XNYS")
    write(csv.data.csv, history.drop(pd.Timestamp(SESSIONS[2])))
    in_time(csv, ledger, *SESSIONS[:2], *SESSIONS[3:5])
    write(csv.data.csv, history)
    session = in_time(csv, ledger, SESSIONS[5])
    other = PaperLedger(tmp_path / "other", "SPY")
    assert_same_books(session.tables, in_time(csv, other, SESSIONS[0], SESSIONS[5]).tables)
    assert_same_books(session.tables, ledger.read().tables)
    assert session.late.tolist() == [False, False, True, True, True, False]
    assert (
        "recorded days that are recorded again, late: 2, the first 2016-06-06, because this became known after it:"
        " prices of 2016-06-03"
    ) in session.notes


@pytest.mark.parametrize(
    ("calendar", "day", "now", "late"),
    [
        ("XNYS", date(2018, 7, 3), datetime(2018, 7, 5, 9, 29, tzinfo=NEW_YORK), False),  # after the holiday
        ("XNYS", date(2018, 7, 3), datetime(2018, 7, 5, 9, 30, tzinfo=NEW_YORK), True),
        ("XNYS", date(2018, 7, 3), datetime(2018, 7, 6, 17, tzinfo=NEW_YORK), True),
        ("24/7", date(2018, 7, 3), datetime(2018, 7, 4, 23, 59, tzinfo=UTC), False),  # no time between two sessions
        ("24/7", date(2018, 7, 3), datetime(2018, 7, 5, tzinfo=UTC), True),
        (None, date(2018, 7, 3), datetime(2018, 7, 4, 23, 59, tzinfo=UTC), False),
        (None, date(2018, 7, 3), datetime(2018, 7, 5, tzinfo=UTC), True),
    ],
    ids=str,
)
def test_a_session_is_late_once_the_next_one_has_opened(calendar, day, now, late):
    assert is_late(day, calendar and ExchangeCalendar(calendar), now) is late


def test_the_walk_forward_is_anchored():
    walk = WalkForward(lookback=3, retrain_every=2, cold_start_every=3)
    made = anchored(walk, [LSTM()], first_test=30, first_new=35)
    assert (made.first_test, made.first_fold) == (30, 0)
    assert anchored(walk, [Ridge()], first_test=30, first_new=35).first_fold == 2
    assert anchored(walk, [Ridge(), LSTM()], first_test=30, first_new=37).first_fold == 3
    searching = replace(walk, search_every=2)
    assert anchored(replace(searching, cold_start_every=1), [LSTM()], 30, 37).first_fold == 2
    assert [anchored(searching, [LSTM(), Searching()], 30, row).first_fold for row in (37, 41, 43)] == [0, 0, 6]
    assert [fold[1].tolist() for fold in anchored(walk, [LSTM()], 30, 36).split(38)] == [[36, 37]]
    whole = list(WalkForward(first_test=30, lookback=3, retrain_every=2).split(37))
    for (train, test), (known, expected) in zip(
        anchored(WalkForward(lookback=3, retrain_every=2), [LSTM()], 30, 34).split(37), whole[2:], strict=True
    ):
        np.testing.assert_array_equal(train, known)
        np.testing.assert_array_equal(test, expected)


def test_the_header_holds_the_ledger_settings(settings, ledger):
    hold(settings, ledger, SESSIONS[0])
    record = ledger.read()
    assert "end" not in record.header.settings
    assert json.loads(json.dumps(record.header.settings)) == record.header.settings
    assert set(record.header.settings) <= set(Settings.of().result_settings())


def test_a_history_that_is_too_short_is_refused_and_no_file_is_made(settings, ledger):
    with pytest.raises(UserError, match="too few rows of prices"):
        hold(settings.replace(lookback=60), ledger, SESSIONS[0])
    assert not ledger.path.exists()


def test_a_young_ledger_of_weeks_is_annualised_by_the_weeks_before_it(settings, ledger, tmp_path):
    how = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}
    weeks = load_sample("SPY").frame.loc["2014":"2018"].resample("W-FRI").agg(how).rename_axis("Date")
    weeks.to_csv(tmp_path / "SPY.csv")
    weekly = settings.replace(source="csv", csv=str(tmp_path / "SPY.csv"), period=700)
    session = hold(weekly, ledger, *[day.date() for day in weeks.index[-6:-2]])
    market = session.comparison.benchmark
    assert len(market.equity) == 4
    assert market.bars_a_year == 52
    assert market.metrics.annual_volatility == pytest.approx(market.returns.std() * 52**0.5)
