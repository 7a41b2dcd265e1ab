"""The output of a session: accounts, orders, fills and verdict."""

import pytest

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.live.orders import order_text
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.significance import significance_of_ledger
from backtrader_walkforward.live.paper.statement import (
    accounts_of,
    actions_text,
    fills_text,
    notes_of,
    outlook_of,
    resting_of,
    significance_lines,
    summary_lines,
)
from backtrader_walkforward.live.stop_orders import stops_text
from tests.live.sessions import SESSIONS, hold, write_quoted

QUICK = "paper --source sample --predictor ridge --period 60 --lookback 5 --strategies binary --threshold 0 --workers 1"
TOO_FEW = "Too few days: {} of paper trading. A first verdict comes after 63 sessions."


@pytest.fixture
def paper(tmp_path, capsys):
    """Run the command for a session; return the exit code, the output and the error."""

    def paper(day, *arguments):
        code = main([*QUICK.split(), "--end", str(day), "--cache-dir", str(tmp_path), *arguments])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return paper


def test_two_sessions(paper, tmp_path):
    code, first, _ = paper(SESSIONS[0])
    assert code == 0
    assert first[0] == f"Paper  SPY, ridge: {tmp_path}/paper/SPY.sqlite"
    assert first[2:8] == [
        "SPY after the close of 2016-06-01 at 2,099.33",
        "Source:       bundled sample: S&P 500 index ^GSPC, standing in for SPY",
        "Next session: 2016-06-02, a return of 0.07% from its open to the next one",
        "Model:        fitted at the close of 2016-05-31, 1 session ago;"
        " the next model makes its first forecast in 21 sessions",
        "Ledger:       opened on 2016-06-01, the last one recorded now",
        "Late:         1 of 1 forecast, the last one among them, recorded after the next session had opened",
    ]
    assert first[-4].startswith("Before the first returns the names are in alphabetical order. Shares are computed at ")
    untraded = ("100,000.00", "0.00%", "0.00000", "100.00%", "buy", "47.63424")
    assert first[13].split() == [
        *("Binary", "hybrid", "50/50"),
        *("50/50", "split", *untraded),
    ]
    assert first[15].split() == [
        *("Buy", "&", "hold"),
        *("100%", "Long", *untraded),
    ]
    assert first[-2:] == ["Nothing to test.", TOO_FEW.format("0 sessions")]
    code, second, _ = paper(SESSIONS[1])
    assert "Ledger:       1 session since 2016-06-01, the last one recorded now" in second
    assert "Filled on 2016-06-02: Buy & hold, buy 47.67103 at 2,097.71, commission 0.00" in second
    filled = [line.partition(" at ")[0] for line in second if "Binary hybrid 70/30" in line and "Filled" in line]
    assert filled == [
        "Filled on 2016-06-02: Binary hybrid 70/30, active part, buy 14.30131",
        "Filled on 2016-06-02: Binary hybrid 70/30, passive part, buy 33.36972",
    ]
    assert second[-1] == TOO_FEW.format("1 session")
    before = PaperLedger(tmp_path, "SPY").path.read_bytes()
    code, again, _ = paper(SESSIONS[1])
    assert code == 0
    assert "Ledger:       1 session since 2016-06-01, nothing new to record" in again
    assert [line for line in again if line.startswith("Binary ")] == [
        line for line in second if line.startswith("Binary ")
    ]
    assert PaperLedger(tmp_path, "SPY").path.read_bytes() == before


def test_mistakes_are_one_line(paper):
    paper(SESSIONS[2])
    for day, arguments, code, words in (
        (SESSIONS[1], (), 2, "--end 2016-06-02 is before 2016-06-03, the last day of the ledger"),
        (SESSIONS[3], ("--capital", "5"), 2, "--capital is 5, but the ledger was opened with 100000"),
        ("2019-01-03", (), 1, "the prices end on 2018-12-31, and the session of Thursday, 2019-01-03 is missing"),
    ):
        found, _, error = paper(day, *arguments)
        assert found == code
        assert error.startswith(f"runner.py: {words}")
        assert error.count("\n") == 1


def test_the_statement_of_a_month(settings, ledger):
    settings = settings.replace(retrain_every=21)
    hold(settings, ledger, SESSIONS[0])
    session = hold(settings, ledger, SESSIONS[30])
    outlook = outlook_of(session)
    assert (outlook.model.sessions, outlook.model.until_next) == (10, 12)
    accounts = list(accounts_of(session).itertuples())
    assert accounts[-1].name == "buy_and_hold"
    assert accounts[-1].target_weight == 1.0
    for row in accounts:
        assert row.equity == pytest.approx(100_000 * (1 + row.total_return))
        wanted = row.target_weight * row.equity / outlook.close
        if row.name == "binary":
            assert row.position + row.order_shares == pytest.approx(wanted)
    assert next(summary_lines(session)) == (
        "Ledger:       30 sessions since 2016-06-01, the last one recorded now, with 29 missed sessions before it"
    )
    assert list(significance_lines(session)) == ["Nothing to test.", TOO_FEW.format("30 sessions")]


def test_a_ledger_is_judged_each_quarter_and_each_is_a_look(settings, ledger):
    """The days between show the verdict of the quarter, however often a statement is made."""
    settings, judged = settings.replace(strategies=["kelly"], hybrids="30"), {}
    for number in (0, 62, 63, 63, 64, 100, 126):
        session = hold(settings, ledger, SESSIONS[number])
        judged[number] = significance_of_ledger(session.comparison, session.tables, session.stages)
    assert judged[62].verdict == f"Nothing to test.\n{TOO_FEW.format('62 sessions')}"
    assert judged[64] == judged[100] == judged[63]
    skills = [judged[number].skill for number in (63, 126)]
    assert [(skill.looks, skill.days, round(skill.level, 4)) for skill in skills] == [(1, 63, 0.04), (2, 126, 0.0113)]
    assert "After 63 days it may as well be anything from" in judged[100].verdict
    assert judged[100].verdict.endswith("This verdict is on the first 63 sessions; the next one comes after 126.")


def test_without_a_sharpe_ratio_the_highest_return_comes_first(settings, ledger):
    session = hold(settings.replace(strategies=["binary", "kelly"]), ledger, *SESSIONS[:2])
    returns = accounts_of(session)["total_return"].round(9).tolist()[:-1]
    assert len(set(returns)) > 1
    assert returns == sorted(returns, reverse=True)
    assert next(notes_of(session)).startswith("The highest return comes first: there is no Sharpe ratio yet. ")
    later = hold(settings.replace(strategies=["binary", "kelly"]), ledger, SESSIONS[3])
    assert next(notes_of(later)).startswith("The best Sharpe ratio comes first. ")


def test_shares_and_fills_are_in_units_of_today(settings, ledger, tmp_path):
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, predictor="boosting")
    write_quoted(csv.data.csv, history, [(str(SESSIONS[2]), 2, 0.0)])
    before = hold(csv, ledger, *SESSIONS[:2])
    held = before.tables.positions.query("variant == 'buy_and_hold'")["shares"].iloc[-1]
    assert accounts_of(before)["position"].iloc[-1] == held
    later = hold(csv, ledger, SESSIONS[2])
    assert outlook_of(later).close == pytest.approx(history["Close"].loc["2016-06-03"] / 2)
    assert accounts_of(later)["position"].iloc[-1] == 2 * held
    assert list(actions_text(later)) == ["Split of 2 for 1 on 2016-06-03"]
    size = 2 * later.new.fills.query("variant == 'binary'")["size"].item()
    [filled] = [line for line in fills_text(later) if " Binary, " in line]
    assert history["Open"].loc["2016-06-03"] == pytest.approx(2104.07)
    assert filled.startswith(f"Filled on 2016-06-03: Binary, {order_text(size, 1050.0, False)} at 1,052.04, ")


def test_stops_and_where_they_rest(settings, ledger, tmp_path):
    """The fills of 2 June are at 2,097.71: active parts sell short, passive parts buy."""
    history = load_sample("SPY").frame.loc["2015-10-01":"2016-06-30"]
    stops = {"stop_loss": 0.02, "trailing_stop": 0.03, "take_profit": 0.05}
    csv = settings.replace(source="csv", csv=tmp_path / "prices.csv", period=240, predictor="boosting", **stops)
    history.to_csv(csv.data.csv)
    first = hold(csv, ledger, SESSIONS[0])
    _, said = notes_of(first)
    assert said == next(stops_text({"binary": Stops(**stops)}))
    assert resting_of(first) == {}
    second = hold(csv, ledger, SESSIONS[1])
    levels = {"stop_loss": 2097.709961 * 1.02, "trailing_stop": 2097.709961 * 1.03, "take_profit": 2097.709961 * 0.95}
    assert sorted(resting_of(second)) == sorted(accounts_of(first)["name"].tolist()[:-1])
    for resting in resting_of(second).values():
        assert resting == pytest.approx(levels)
    _, said, rests = notes_of(second)
    assert said.startswith(
        "Stops: once filled (in the backtest from the session after the fill), close a position that"
    )
    assert rests.startswith("Stops of Binary")
    assert rests.endswith(
        "Binary hybrid 30/70 rest now: stop-loss at 2,139.66, trailing stop at 2,160.64, take-profit at 1,992.82."
    )


def test_a_stopped_account_has_no_resting_stop(settings, ledger):
    """A position at 2,097.71 takes its profit at 2,108.20 on 6 June; then the weight is 0 until the signal changes."""
    stopped = settings.replace(take_profit=0.005)
    assert set(resting_of(hold(stopped, ledger, *SESSIONS[:3]))) == {
        *("binary", "binary_hybrid_70_30", "binary_hybrid_50_50", "binary_hybrid_30_70")
    }
    session = hold(stopped, ledger, SESSIONS[3])
    assert resting_of(session) == {}
    binary = accounts_of(session).set_index("name").loc["binary"]
    assert (binary["position"], binary["target_weight"]) == (0.0, 0.0)


def test_fills_at_the_close_have_a_note(settings, ledger):
    session = hold(settings.replace(fill="close"), ledger, SESSIONS[0])
    assert list(notes_of(session)) == [
        "Before the first returns the names are in alphabetical order."
        " Orders fill at the close that they are computed from (--fill close). A real order cannot do this."
    ]
    assert list(fills_text(session)) == []
