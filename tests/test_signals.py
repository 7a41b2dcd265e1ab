"""The market that strategies trade in: which filters are at work in it."""

import pytest

from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import filters_of
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

CALM = (("calm", "half"),)


class Careful(SizingStrategy):
    """Has a filter of its own."""

    params = dict(regime_filter={"downtrend": "out"})

    def target_weight(self):
        return 1.0


class Fearless(Careful):
    """Wants none, whatever the run has."""

    params = dict(regime_filter={})


@pytest.mark.parametrize(
    ("strategies", "regime_filter", "expected"),
    [
        ([], CALM, {"": CALM}),
        ([], (), {"": ()}),
        ([Careful], CALM, {"": CALM, "Careful": [("downtrend", "out")]}),
        ([Fearless], CALM, {"": CALM, "Fearless": []}),
    ],
)
def test_filters_are_told_by_whose_they_are(strategies, regime_filter, expected):
    own = [Variant(strategy.__name__, strategy) for strategy in strategies]
    variants = [*variants_of(find_strategies(["binary"])), *own, BENCHMARK]
    assert filters_of(variants, Settings.of(regime_filter=regime_filter)) == expected


def test_a_filter_that_no_strategy_heeds_is_not_at_work():
    found = filters_of([Variant("careful", Careful), BENCHMARK], Settings.of(regime_filter=CALM))
    assert found == {"careful": [("downtrend", "out")]}
