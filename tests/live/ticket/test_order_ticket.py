"""The arithmetic of a ticket, by hand."""

from datetime import date

import pandas as pd
import pytest

from backtrader_walkforward.live.outlook import ModelAge
from backtrader_walkforward.live.ticket.order_ticket import order_table, total_weight
from backtrader_walkforward.settings.settings import Settings


@pytest.mark.parametrize(
    ("weight", "active_share", "whole"),
    [(0.25, 1.0, 0.25), (1.0, 0.5, 1.0), (0.0, 0.5, 0.5), (-0.5, 0.5, 0.25), (-1.0, 1.0, -1.0), (-1.0, 0.75, -0.5)],
)
def test_the_weight_of_a_hybrid_holds_its_passive_share(weight, active_share, whole):
    assert total_weight(weight, active_share) == whole


@pytest.mark.parametrize(
    ("weight", "position", "whole_shares", "target", "order", "value"),
    [
        (0.5, 0, False, 12.5, 12.5, 500),
        (0.5, 10, False, 12.5, 2.5, 100),
        (0.5, 20, False, 12.5, -7.5, -300),
        (0.5, 0, True, 12, 12, 480),
        (0.5, -3, True, 12, 15, 600),
        (-0.5, 0, False, -12.5, -12.5, -500),
        (-0.5, 10, False, -12.5, -22.5, -900),
        (-0.5, 0, True, -12, -12, -480),
        (-0.5, -20, True, -12, 8, 320),
        (0, 5, False, 0, -5, -200),
        (0.5, 12.5, False, 12.5, 0, 0),
        (0.5, 12.5 + 1e-9, False, 12.5, 0, 0),
        (0.5, 12.5, True, 12, -0.5, -20),
        (0, 0, True, 0, 0, 0),
    ],
)
def test_shares_and_order_of_1000_at_40(weight, position, whole_shares, target, order, value):
    settings = Settings.of(capital=1000.0, whole_shares=whole_shares, rebalance_band=0)
    table = order_table([("kelly", "Pure", weight)], settings, close=40.0, position=position)
    assert table.to_dict("split", index=False) == {
        "columns": ["name", "type", "target_weight", "target_shares", "order_shares", "order_value"],
        "data": [["kelly", "Pure", weight, target, order, value]],
    }


def test_a_whole_number_of_shares_is_not_lost_to_rounding():
    settings = Settings.of(capital=10.0, whole_shares=True)
    row = order_table([("kelly", "Pure", 0.1 + 0.2)], settings, close=0.3, position=0.0)
    below = order_table([("kelly", "Pure", 0.3)], settings, close=0.1 + 0.2, position=0.0)
    assert [*row["target_shares"], *below["target_shares"]] == [10, 10]


def test_less_than_one_share_to_sell_short_is_no_minus_zero():
    table = order_table(
        [("kelly", "Pure", -0.01)], Settings.of(capital=1000.0, whole_shares=True), close=40.0, position=0
    )
    assert table[["target_shares", "order_shares", "order_value"]].map(str).iloc[0].tolist() == ["0.0"] * 3


@pytest.mark.parametrize(("folds", "fitted", "sessions", "until_next"), [([0, 1], 6, 1, 3), ([0, 0, 0], 4, 3, 1)])
def test_the_age_of_a_model_fitted_every_three_sessions(folds, fitted, sessions, until_next):
    """The fit is made at the close before the first forecast of the last fold."""
    days = pd.date_range("2024-01-01", periods=7)
    forecasts = pd.DataFrame({"fold": folds}, days[-len(folds) :])
    assert ModelAge.of(forecasts, days, retrain_every=3) == ModelAge(date(2024, 1, fitted), sessions, until_next)
