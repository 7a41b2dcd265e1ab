"""Discovery, and the names of hybrids."""

import sys

import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward import strategies
from backtrader_walkforward.trading import StrategyError
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, strategy_plugins, variants_of

METHODS = ["binary", "fixed", "kelly", "proportional", "volatility_adjusted"]

CAPPED_KELLY = '''"""Kelly sizing with a cap."""
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy


class CappedKelly(SizingStrategy):
    """Hold twice the predicted return, never more than `cap` of the account."""

    params = dict(cap=0.25)

    def target_weight(self):
        return max(-self.p.cap, min(self.p.cap, 2 * self.predicted_return))
'''


@pytest.fixture
def drop_in(tmp_path, monkeypatch):
    """Drop a file into the strategies package for the length of a test."""

    def drop_in(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
        sys.modules.pop(f"backtrader_walkforward.strategies.{name}", None)

    yield drop_in
    for name in [name for name in sys.modules if name.startswith("backtrader_walkforward.strategies.dropped_")]:
        del sys.modules[name]


def test_the_five_methods_are_found():
    assert set(METHODS) <= set(find_strategies())
    assert list(find_strategies()) == sorted(find_strategies())


def test_twenty_variants_and_their_names():
    variants = variants_of(find_strategies(METHODS))
    assert len(variants) == len({variant.name for variant in variants}) == 20
    assert [(variant.name, variant.kind) for variant in variants[:4]] == [
        ("binary", "Pure"),
        ("binary_hybrid_70_30", "30/70 split"),
        ("binary_hybrid_50_50", "50/50 split"),
        ("binary_hybrid_30_70", "70/30 split"),
    ]
    assert [variant.active_share for variant in variants[:4]] == [1.0, 0.3, 0.5, 0.7]


def test_the_benchmark():
    assert (BENCHMARK.name, BENCHMARK.kind) == ("buy_and_hold", "100% Long")


def test_odd_shares_are_named_in_whole_percent():
    assert Variant("binary", Binary, 1 / 3).name == "binary_hybrid_67_33"


def test_a_new_file_is_found(drop_in):
    before = find_strategies()
    drop_in("dropped_kelly", CAPPED_KELLY.replace("CappedKelly", "DroppedKelly"))
    found = find_strategies()
    assert set(found) - set(before) == {"dropped_kelly"}
    assert len(variants_of(found)) == len(variants_of(before)) + 4


def test_only_the_named_ones_in_the_order_given():
    assert list(find_strategies(["kelly", "binary"])) == ["kelly", "binary"]


PLAIN = """import backtrader as bt


class {name}(bt.Strategy):
    def next(self):
        self.buy()
"""


def test_a_plain_strategy_is_not_passed_over_in_silence(drop_in):
    drop_in("dropped_plain", PLAIN.format(name="DroppedPlain"))
    with pytest.raises(StrategyError, match=r"strategies/dropped_plain.py: DroppedPlain is a plain Backtrader"):
        find_strategies(["dropped_plain"])
    assert set(METHODS) <= set(find_strategies())
    [note] = strategy_plugins().notes
    assert note.startswith("left out: strategies/dropped_plain.py: DroppedPlain is a plain Backtrader")
    drop_in("dropped_plain", PLAIN.format(name="_Helper"))
    assert strategy_plugins().notes == []


def test_an_active_share_of_ones_own_is_refused(drop_in):
    text = CAPPED_KELLY.replace("CappedKelly", "DroppedShare").replace("cap=0.25", "cap=0.25, active_share=0.4")
    drop_in("dropped_share", text)
    with pytest.raises(StrategyError, match=r"strategies/dropped_share.py: DroppedShare has an active_share of its"):
        find_strategies(["dropped_share"])


def test_a_strategy_named_like_the_benchmark_is_refused(drop_in):
    drop_in("dropped_hold", CAPPED_KELLY.replace("CappedKelly", "BuyAndHold"))
    with pytest.raises(StrategyError, match="both have a variant named 'buy_and_hold': rename one of them"):
        variants_of(find_strategies())
