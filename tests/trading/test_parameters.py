"""Variants by parameters from outside: which there are, what they are called, and what wins over what."""

import pytest
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.stop_orders import stops_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import Variant, defaults_of, find_strategies, params_of, variants_of


def names_of(strategies, **values):
    settings = Settings.of(strategies=strategies, **values).trading
    return [variant.name for variant in variants_of(find_strategies(settings.strategies), settings)]


def test_each_value_is_a_variant_in_order():
    assert names_of("kelly,binary", param="kelly.cap=.5,.1,.25,.50", hybrids=None) == [
        "kelly(cap=0.1)",
        "kelly(cap=0.25)",
        "kelly(cap=0.5)",
        "binary",
    ]


def test_several_parameters_make_all_combinations():
    assert names_of("kelly", param="kelly.threshold=0 kelly.cap=.1,1 kelly.stop_loss=none,.1", hybrids=None) == [
        "kelly(cap=0.1,stop_loss=0.1,threshold=0)",
        "kelly(cap=0.1,stop_loss=none,threshold=0)",
        "kelly(cap=1,stop_loss=0.1,threshold=0)",
        "kelly(cap=1,stop_loss=none,threshold=0)",
    ]


def test_a_hybrid_has_its_parameters_before_its_shares():
    assert names_of("kelly", param="kelly.cap=.1", hybrids="50,20") == [
        "kelly(cap=0.1)",
        "kelly(cap=0.1)_hybrid_80_20",
        "kelly(cap=0.1)_hybrid_50_50",
    ]
    [_, twenty, _] = variants_of({"kelly": Kelly}, Settings.of(param="kelly.cap=.1", hybrids="50,20").trading)
    assert (twenty.active_share, twenty.kind, twenty.strategy_name) == (0.2, "20/80 split", "kelly(cap=0.1)")


def test_the_default_hybrids_are_those_of_always():
    assert [variant.active_share for variant in variants_of({"kelly": Kelly})] == [1.0, 0.3, 0.5, 0.7]


@pytest.mark.parametrize(
    ("param", "message"),
    [
        ("kelly.cp=1", "--param kelly.cp: kelly has no parameter 'cp' - did you mean 'cap'?"),
        ("kelly.cap=x", "--param kelly.cap must be a number: 'x' - for example kelly.cap=0.5"),
        ("kelly.active_share=.3", "--param kelly.active_share: the run sets it - write --hybrids 30,50"),
        ("kelly.first_day=3", "--param kelly.first_day: the run sets it - write --test-from DATE"),
        ("kelly.regime_filter=x", "--param kelly.regime_filter: the run sets it - write --regime-filter RULES"),
        (
            {"kelly.cap": range(1, 40), "kelly.threshold": range(30)},
            "--param makes 1,170 variants of kelly, and 1,000 are the most - give fewer",
        ),
    ],
)
def test_a_mistake_is_one_line(param, message):
    with pytest.raises(ArgumentError) as error:
        names_of("kelly", param=param)
    assert str(error.value) == message


@pytest.mark.parametrize("asked", ["kelly.cap=-1", "kelly.cap=.5,1.5"])
def test_a_value_beyond_the_limits_of_a_strategy_is_refused_by_name(asked):
    with pytest.raises(ArgumentError, match=r"^--param kelly.cap must lie between 0 and 1: (-1|1.5)$"):
        variants_of({"kelly": Kelly}, Settings.of(param=asked).trading)


def test_every_parameter_of_a_class_is_found():
    assert {"cap", "threshold", "stop_loss", "active_share"} <= set(defaults_of(Kelly))
    assert defaults_of(Kelly)["cap"] == 0.5


def test_a_parameter_wins_over_a_class_default_and_over_the_run():
    class Cautious(Kelly):
        params = dict(stop_loss=0.02)

    variant = Variant("cautious", Cautious, 1.0, (("stop_loss", 0.05),))
    assert params_of(Variant("cautious", Cautious), stop_loss=0.1, threshold=0.0) == {"threshold": 0.0}
    assert params_of(variant, stop_loss=0.1, threshold=0.0) == {"threshold": 0.0, "stop_loss": 0.05}
    assert stops_of(variant, Settings.of(stop_loss=0.1)).stop_loss == 0.05


def test_a_default_from_outside_changes_no_bit(signals):
    settings = Settings.of(threshold=0.0, param="kelly.cap=.5,.0001", hybrids="30")
    plain, plain_hybrid = run_backtest(
        signals, variants_of({"kelly": Kelly}, Settings.of(hybrids="30").trading), settings
    )
    small, _, same, same_hybrid = run_backtest(signals, variants_of({"kelly": Kelly}, settings.trading), settings)
    assert (same.name, small.name) == ("kelly(cap=0.5)", "kelly(cap=0.0001)")
    assert same.equity.equals(plain.equity)
    assert same_hybrid.equity.equals(plain_hybrid.equity)
    assert small.weights.abs().max() == 0.0001 < plain.weights.abs().max()
