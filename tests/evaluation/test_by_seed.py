from dataclasses import replace

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, Range, SeedDispersion
from backtrader_walkforward.evaluation.by_seed import range_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


def comparison(signals, sign):
    """Variants that know what the next order will earn, or the contrary."""
    variants = variants_of(find_strategies(["fixed"]))
    earned = (signals["Open"].shift(-2) / signals["Open"].shift(-1) - 1).fillna(0.0)
    *results, benchmark = run_backtest(
        signals.assign(predicted_return=sign * earned), [*variants, BENCHMARK], Settings.of()
    )
    return Comparison.of(results, benchmark)


def test_each_variant_has_its_range_over_the_seeds(signals):
    one, other = comparison(signals, 1), comparison(signals, -1)
    spread = SeedDispersion.of({7: one, 8: other, 9: one})
    returns = {run: {r.name: r.metrics.total_return for r in c.ranked}["fixed"] for run, c in ((1, one), (-1, other))}
    lowest, median, highest = spread.total_return["fixed"]
    assert (lowest, median, highest) == (min(returns.values()), returns[1], max(returns.values()))
    assert spread.seeds == (7, 8, 9)
    assert spread.best == (one.best.name, other.best.name, one.best.name)
    assert set(spread.sharpe) == {result.name for result in one.ranked}


def test_the_best_changes_when_it_is_not_the_same_with_all_seeds(signals):
    one, other = comparison(signals, 1), comparison(signals, -1)
    assert one.best.name != other.best.name
    assert SeedDispersion.of({7: one, 8: other}).best_changes
    assert not SeedDispersion.of({7: one, 8: one}).best_changes


def test_a_range_of_sharpe_ratios_needs_all_of_them(signals):
    one = comparison(signals, 1)
    first, *rest = one.ranked
    silent = Comparison((replace(first, metrics=first.metrics | {"sharpe": None}), *rest), one.benchmark)
    found = SeedDispersion.of({7: one, 8: silent}).sharpe
    assert found[first.name] is None
    assert found[rest[0].name] == range_of([rest[0].metrics.sharpe] * 2)


def test_a_range_by_hand():
    assert range_of([1.5, 0.5]) == Range(0.5, 1.0, 1.5)
