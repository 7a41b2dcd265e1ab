"""The ticket, compared with the run of the same settings, and its file."""

import json
import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from backtrader_walkforward.cli.run import run
from backtrader_walkforward.data import load_prices
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.errors import DataError, UserError
from backtrader_walkforward.live.ticket.command import run_signal
from backtrader_walkforward.significance.trials import TrialRegistry
from tests.data.yahoo_server import chart

TWO = ["binary", "volatility_adjusted"]
QUIET = {"details": False, "json": False, "open_page": False}
SPLITS = ("", "_hybrid_70_30", "_hybrid_50_50", "_hybrid_30_70")


@pytest.fixture
def ticket_of(settings_of):
    """Run the command; return the ticket that it writes."""

    def ticket_of(*, position=0.0, **changed):
        settings = settings_of(**changed)
        run_signal(settings, position=position)
        [path] = (settings.report.out / "signals").iterdir()
        return json.loads(path.read_text())

    return ticket_of


@pytest.fixture
def run_of(settings_of, tmp_path):
    """Run with the same settings and an empty ledger of trials; return results and weights."""

    def run_of(**settings):
        settings = settings_of(tearsheets="none", cache_dir=tmp_path / "of the run", **settings)
        run(settings, **QUIET)
        [folder] = (settings.report.out / "runs").iterdir()
        weights = pd.read_csv(folder / "weights.csv", index_col="date")
        return json.loads((folder / "results.json").read_text()), weights.iloc[-1]

    return run_of


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"end": date(2018, 11, 30), "allow_short": False, "commission_bps": 10.0},
        {"stop_loss": 0.01, "predictor": "ridge,mean", "whole_shares": True},
    ],
    ids=str,
)
def test_forecast_weights_and_verdict_are_those_of_the_run(ticket_of, run_of, settings):
    ticket, (results, weights) = ticket_of(**settings), run_of(**settings)
    following = results["forecast"]["next_session"]
    assert ticket["last_date"] == weights.name == following.pop("forecast_date")
    following_session = {"2018-12-31": "2019-01-02", "2018-11-30": "2018-12-03"}[ticket["last_date"]]
    assert ticket["next_session"] == {"date": following_session} | following
    for name in ("ticker", "source", "last_date", "data_sha256", "settings", "trials", "significance", "notes"):
        assert ticket[name] == results[name]
    assert [row["name"] for row in ticket["strategies"]] == [row["name"] for row in results["strategies"]]
    assert [row["type"] for row in ticket["strategies"]] == [row["type"] for row in results["strategies"]]
    shares = dict(zip(SPLITS, (1.0, 0.3, 0.5, 0.7), strict=True))
    expected = {f"{m}{split}": weights[f"{m}{split}"] * a + 1 - a for m in TWO for split, a in shares.items()}
    assert {row["name"]: row["target_weight"] for row in ticket["strategies"]} == pytest.approx(expected)


def test_the_orders_lead_from_the_position_to_the_weight(ticket_of):
    ticket = ticket_of(capital=50_000.0, position=-3.0)
    assert ticket["account"] == {"capital": 50_000.0, "position": -3.0}
    for row in ticket["strategies"]:
        assert (row["order_shares"] - 3.0) * 2506.850098 == pytest.approx(row["target_weight"] * 50_000)
        assert row["order_value"] == row["order_shares"] * 2506.850098
    assert len({row["order_shares"] for row in ticket["strategies"]}) > 3


def test_the_keys_of_the_file(ticket_of):
    ticket = ticket_of()
    assert " ".join(ticket) == (
        "ticker source last_date close data_sha256 settings next_session model regimes account strategies trials"
        " significance forecast_verdict notes"
    )
    assert list(ticket["strategies"][0]) == [
        *("name", "type", "target_weight", "target_shares", "order_shares", "order_value", "stops")
    ]
    assert not {"signal", "position", "out"} & set(ticket["settings"])


def test_the_age_of_the_model_is_in_the_file(ticket_of):
    """42 days are forecast, ten by each fit: the last two, 28 and 31 December, by a fit at the close of the 27th."""
    assert ticket_of()["model"] == {"fitted": "2018-12-27", "sessions": 2, "until_next": 9}


def test_the_same_session_twice_is_the_same_to_the_byte_and_trains_nothing(settings_of, capsys):
    settings = settings_of()
    path = settings.report.out / "signals" / "SPY_2018-12-31.json"
    written = []
    for _ in range(2):
        run_signal(settings)
        written.append(path.read_bytes())
    assert written[0] == written[1]
    first, second = capsys.readouterr().out.split("Ticket: ")[:2]
    assert "were stored by an earlier run" not in first
    assert "5 of 5 fits were stored by an earlier run" in second
    assert [file.name for file in settings.report.out.rglob("*")] == ["signals", path.name]


def test_a_ticket_is_the_trial_of_its_run_whatever_the_capital(settings_of, ticket_of):
    run(settings_of(tearsheets="none", end=None), **QUIET)
    before = recorded(settings_of)
    ticket_of()
    ticket_of(capital=123.0, position=1.0)
    assert recorded(settings_of) == before


def recorded(settings_of):
    """Return the distinct accounts of the registry, and the last days of their tests."""
    trials = TrialRegistry(settings_of().machine.cache_dir).trials("SPY")
    return {trial.row["account"] for trial in trials}, {trial.row["last_day"] for trial in trials}


@pytest.mark.parametrize("source", ["sample", "csv", "auto"])
def test_another_session_is_a_look(settings_of, tmp_path, source):
    """At a file that has grown, too. Folds that begin a day later trade otherwise, and are a trial as well."""
    history = load_prices(settings_of(period=240)).frame.rename_axis("date")
    for session in ("2018-12-28", "2018-12-31"):
        history.loc[:session].to_csv(tmp_path / "spy.csv")
        file = {} if source == "sample" else {"csv": tmp_path / "spy.csv"}
        settings = settings_of(strategies=("volatility_adjusted",), source=source, end=session, **file)
        run_signal(settings)
    assert recorded(settings_of)[1] == {"2018-12-28", "2018-12-31"}
    registry = TrialRegistry(settings.machine.cache_dir)
    latest = max(registry.trials("SPY"), key=lambda trial: trial.row["last_day"])
    earlier = registry.earlier([latest])
    assert (len(earlier.looks), len(earlier.accounts)) == (1, 1)


def test_a_practice_ticket_is_said_to_be_one(settings_of, ticket_of):
    ticket = ticket_of(practice=True)
    assert "this is a practice run: it decides nothing, and no later test counts it" in ticket["notes"]


def test_the_notes_name_a_filter_and_its_regime(ticket_of):
    ticket = ticket_of(regime_filter=(("high_volatility", "out"),), regimes=("trend",))
    assert ticket["regimes"] == {"trend": "unknown", "volatility": "high_volatility"}
    assert [row["target_weight"] for row in ticket["strategies"] if row["type"] == "Pure"] == [0.0, 0.0]
    assert any(note.startswith("regime filter: high_volatility kept active accounts out") for note in ticket["notes"])
    assert any(note.startswith("trend regime: unknown on ") for note in ticket["notes"])


def test_each_order_has_its_stops(settings_of, ticket_of, capsys):
    off = {"stop_loss": None, "trailing_stop": None, "take_profit": None, "entry_day": False}
    assert [row["stops"] for row in ticket_of()["strategies"]] == [off] * 8
    assert "Stops" not in capsys.readouterr().out
    ticket = ticket_of(stop_loss=0.02, take_profit=0.05)
    assert [row["stops"] for row in ticket["strategies"]] == [off | {"stop_loss": 0.02, "take_profit": 0.05}] * 8
    assert (
        "Stops: once filled (in the backtest from the session after the fill), close a position that loses 2.00% of its"
        " entry price (stop-loss) or gains 5.00% of its entry price (take-profit). Passive parts have no stops."
    ) in " ".join(capsys.readouterr().out.split())


def test_later_prices_change_nothing(settings_of, ticket_of, tmp_path):
    """A file with other prices after the session gives the same ticket as a file that ends there, but for a note."""
    frame, path, tickets = load_prices(settings_of(period=240)).frame.rename_axis("date"), tmp_path / "spy.csv", []
    frame.loc["2018-12-01":] *= 3.0
    for rows in (frame, frame.loc[:"2018-11-30"]):
        rows.to_csv(path)
        tickets.append(ticket_of(source="csv", csv=path, end=date(2018, 11, 30)))
        assert tickets[-1].pop("notes")[0].startswith(f"173 of the file's {len(rows)} rows are used")
    assert tickets[0] == tickets[1]
    assert tickets[0]["next_session"]["date"] is None  # the file names no exchange


def test_quiet_prints_only_the_ticket(settings_of, capsys):
    settings = settings_of(quiet=True)
    run_signal(settings, position=2.5)
    shown = capsys.readouterr().out
    assert shown.startswith("\nSPY after the close of 2018-12-31 at 2,506.85\nSource:       bundled sample: S&P 500")
    assert "Account:      100,000.00, with a position of 2.5 shares\n" in shown
    assert "No evidence of skill" in shown
    assert shown.endswith(f"Ticket: {settings.report.out / 'signals' / 'SPY_2018-12-31.json'}\n")


@pytest.mark.parametrize("now", [datetime(2024, 1, 12, 16, tzinfo=UTC), datetime(2024, 1, 16, 23, tzinfo=UTC)])
def test_a_refusal_writes_nothing_and_is_no_trial(yahoo, settings_of, now):
    days = [day for day in range(-300, 11) if (day + 1) % 7 < 5]
    yahoo.answer = 200, chart(days)
    settings = settings_of(source="yahoo", end=None)
    with pytest.raises(DataError, match=r"is not over|is missing"):
        run_signal(settings, now=now)
    assert not settings.report.out.exists()
    assert [path.name for path in settings.machine.cache_dir.iterdir() if path.is_file()] == ["prices.sqlite"]


def test_a_folder_that_cannot_be_written_is_refused_first(settings_of, tmp_path, yahoo):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match=r"cannot write .* is not a folder - choose another folder with --out DIR"):
        run_signal(settings_of().replace(source="yahoo"))
    assert yahoo.requests == []


def test_yahoos_prices_after_the_close_give_a_ticket(yahoo, settings_of, sample):
    days = [day for day in range(-300, 11) if (day + 1) % 7 < 5]
    bars = {name.lower(): sample[name].iloc[-len(days) :].tolist() for name in sample}
    yahoo.answer = 200, chart(days, **bars)
    settings = settings_of(source="yahoo", end=None)
    run_signal(settings, now=datetime(2024, 1, 12, 22, tzinfo=UTC))
    ticket = json.loads((settings.report.out / "signals" / "SPY_2024-01-12.json").read_text())
    assert (ticket["source"], ticket["close"]) == ("Yahoo Finance, adjusted", 2506.850098)
    assert ticket["next_session"]["date"] == "2024-01-16"  # Monday is a holiday


def test_a_ticket_of_weeks_names_no_session(ticket_of, tmp_path, capsys):
    """It said the Monday after, and counted weeks as sessions."""
    frame = load_sample("SPY").frame.loc[:"2018-12-21"]
    rules = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}
    frame.resample("W-FRI").agg(rules).to_csv(tmp_path / "weeks.csv")
    weeks = {"source": "csv", "csv": tmp_path / "weeks.csv", "calendar": "XNYS", "end": date(2018, 12, 21)}
    assert ticket_of(**weeks, period=1200)["next_session"]["date"] is None
    printed = capsys.readouterr().out
    assert "\nNext week:    " in printed
    assert "Next session" not in printed
    assert re.search(r"\nModel: .* weeks? ago; the next model makes its first forecast in \d+ weeks?\n", printed)
