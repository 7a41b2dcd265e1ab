"""The options of costs: what they set, their ranges, and that all are off by default."""

import pytest

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import COSTS, Settings


def test_they_set_what_they_name():
    options = "--commission-bps 5 --commission-min 1 --slippage-bps 2.5 --borrow-rate 0.03 --cash-rate 0.02"
    settings = parse_arguments(options.split()).settings
    assert [getattr(settings.trading, name) for name in COSTS] == [5, 1, 2.5, 0.03, 0.02]
    assert settings.has_costs
    assert settings.without_costs() == parse_arguments([]).settings
    assert settings.result_settings()["borrow_rate"] == 0.03


def test_by_default_nothing_costs_anything():
    assert not Settings.of().has_costs
    assert not parse_arguments([]).settings.has_costs


@pytest.mark.parametrize("name", COSTS)
def test_one_alone_counts_and_what_is_out_of_range_is_named(name):
    assert Settings.of(**{name: 0.01}).has_costs
    option = "--" + name.replace("_", "-")
    for value in ("-1", "1000001"):
        with pytest.raises(ArgumentError, match=f"{option} must lie between 0 and"):
            parse_arguments([f"{option}={value}"])
