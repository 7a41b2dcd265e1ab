"""The ticket on a terminal."""

import io
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.outlook import ModelAge, Outlook
from backtrader_walkforward.live.ticket.command import show_ticket
from backtrader_walkforward.live.ticket.order_ticket import Ticket, order_table
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance

WEIGHTS = {"kelly": 0.25, "binary": -1.0, "fixed": 0.1, "volatility_adjusted_hybrid_70_30": 0.25}


def orders(weights=WEIGHTS, capital=1000.0, whole_shares=False):
    """Return the settings of an account, and the orders of its variants."""
    settings = Settings.of(capital=capital, whole_shares=whole_shares)
    variants = [(name, "30/70 split" if "hybrid" in name else "Pure", weight) for name, weight in weights.items()]
    return {"settings": settings, "orders": order_table(variants, settings, close=40.0, position=2.5)}


@pytest.fixture
def ticket():
    outlook = Outlook(
        ticker="SPY",
        source="a source",
        last_date=date(2026, 11, 20),
        next_session=date(2026, 11, 23),
        close=40.0,
        predicted_return=0.0123,
        predicted_close=40.492,
        target="return",
        model=ModelAge(date(2026, 11, 19), 1, 21),
        regimes={},
    )
    return Ticket(
        outlook=outlook,
        position=2.5,
        stops=dict.fromkeys(WEIGHTS, Stops()),
        significance=Significance(verdict="No evidence of skill.", warnings=("Too short.",)),
        forecast_verdict="The forecast is no better than the naive one.",
        data_sha256="0" * 64,
        notes=("An account was ruined.",),
        **orders(),
    )


def shown(ticket, width=None):
    terminal = Terminal(file=io.StringIO())
    if width:
        terminal.console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    show_ticket(ticket, terminal)
    return [line.rstrip() for line in terminal.console.file.getvalue().splitlines()]


def test_regimes_have_a_line(ticket):
    outlook = replace(ticket.outlook, regimes={"trend": "downtrend", "markov": "unknown"})
    lines = shown(replace(ticket, outlook=outlook))
    assert [line for line in lines if line not in shown(ticket)] == [
        "Regime:       downtrend (trend), unknown (markov)"
    ]


def test_a_next_session_that_no_calendar_knows_has_no_date(ticket):
    lines = shown(replace(ticket, outlook=replace(ticket.outlook, next_session=None)))
    assert "Next session: a return of 1.23%, a close of 40.492" in lines


def test_a_forecast_of_a_week_is_not_one_of_a_session(ticket):
    lines = shown(replace(ticket, outlook=replace(ticket.outlook, next_session=None, bar="week", target="traded")))
    assert "Next week:    a return of 1.23% from its open to the next one" in lines
    assert (
        "Model:        fitted at the close of 2026-11-19, 1 week ago; the next model makes its first forecast in 21"
        " weeks" in lines
    )


def test_the_whole_ticket(ticket):
    assert shown(ticket) == [
        "",
        "SPY after the close of 2026-11-20 at 40.000",
        "Source:       a source",
        "Next session: 2026-11-23, a return of 1.23%, a close of 40.492",
        "Model:        fitted at the close of 2026-11-19, 1 session ago;"
        " the next model makes its first forecast in 21 sessions",
        "Account:      1,000.00, with a position of 2.5 shares",
        "",
        "Strategy                          Type           Weight   Shares        Order      Value",
        "----------------------------------------------------------------------------------------",
        "Kelly                             Pure           25.00%    6.250    buy 3.750     150.00",
        "Binary                            Pure         -100.00%  -25.000  sell 27.500  -1,100.00",
        "Fixed                             Pure           10.00%    2.500         none       0.00",
        "Volatility adjusted hybrid 70/30  30/70 split    25.00%    6.250    buy 3.750     150.00",
        "",
        "The best Sharpe ratio comes first. Shares are computed at the last close; orders are for the next open.",
        "The weight of a hybrid covers both parts, as if the capital were split today.",
        "",
        "No evidence of skill.",
        "The forecast is no better than the naive one.",
        "Warning: Too short.",
        "Note: An account was ruined.",
    ]


def test_stops_follow_the_notes_on_the_table(ticket):
    lines = shown(replace(ticket, stops=dict.fromkeys(ticket.stops, Stops(stop_loss=0.02))))
    below = lines.index("The weight of a hybrid covers both parts, as if the capital were split today.")
    assert " ".join(lines[below + 1 : lines.index("No evidence of skill.")]).strip() == (
        "Stops: once filled (in the backtest from the session after the fill), close a position that loses 2.00% of its"
        " entry price (stop-loss). Passive parts have no stops. After a stop the weight is 0 until the signal changes."
    )


def test_whole_shares_have_no_decimals_but_for_a_position_that_has(ticket):
    lines = shown(replace(ticket, **orders({"kelly": 0.25}, whole_shares=True)))
    assert "Kelly     Pure  25.00%       6  buy 3.500  140.00" in lines
    assert not any("hybrid" in line for line in lines)


@pytest.mark.parametrize(("width", "capital"), [(80, 1e7), (120, 1e12)])
def test_no_figure_is_cut(ticket, width, capital):
    text = "".join("".join(shown(replace(ticket, **orders(dict.fromkeys(WEIGHTS, -1.0), capital)), width)).split())
    assert "\u2026" not in text
    assert f"{-capital / 40:,.3f}" in text
    assert f"{-capital - 100:,.2f}" in text
