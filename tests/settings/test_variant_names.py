"""What the name of a variant says of it."""

import pytest

from backtrader_walkforward.reports.formatting import display_name
from backtrader_walkforward.settings.variant_names import Shares, hybrid_name, shares_in, strategy_of


@pytest.mark.parametrize(
    ("name", "strategy", "shares", "shown"),
    [
        ("kelly", "kelly", None, "Kelly"),
        ("kelly_hybrid_70_30", "kelly", (70, 30), "Kelly hybrid 70/30"),
        ("kelly(cap=0.1)_hybrid_95_5", "kelly(cap=0.1)", (95, 5), "Kelly(cap=0.1) hybrid 95/5"),
        ("my_hybrid_one", "my_hybrid_one", None, "My hybrid one"),
        ("my_hybrid_one_hybrid_70_30", "my_hybrid_one", (70, 30), "My hybrid one hybrid 70/30"),
        ("_hybrid_70_30", "_hybrid_70_30", None, " hybrid 70 30"),
    ],
)
def test_the_shares_at_the_end_make_a_hybrid(name, strategy, shares, shown):
    assert (strategy_of(name), shares_in(name)) == (strategy, shares)
    assert display_name(name) == shown.strip()
    if shares:
        assert hybrid_name(strategy, Shares(*shares)) == name
