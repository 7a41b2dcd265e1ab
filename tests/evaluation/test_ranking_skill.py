"""Skill of a ranking, on figures that can be checked by hand, and its laws."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import measure_forecast
from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test
from backtrader_walkforward.evaluation.ranking_skill import measure_ranking, rank_correlations, returns_by_group

DAYS = pd.bdate_range("2019-12-30", periods=4)


def table(*rows, columns="abc"):
    return pd.DataFrame(rows, DAYS[: len(rows)], list(columns), dtype=float)


def drawn(days, tickers, correlation=0.0, seed=0):
    random = np.random.default_rng(seed)
    index = pd.bdate_range("2015-01-01", periods=days)
    names = [f"T{number:03}" for number in range(tickers)]
    forecasts = pd.DataFrame(random.normal(0, 0.01, (days, tickers)), index, names)
    noise = random.normal(0, 0.01, (days, tickers))
    return forecasts, correlation * forecasts + np.sqrt(1 - correlation**2) * noise


def figures(found):
    return found.ic.tolist(), found.t_ratio, found.hit_rate, found.fifths.tolist(), found.spreads.tolist()


def test_the_order_of_the_tickers_is_what_counts():
    """Ranks 3 2 1 beside 3 2 1; 1 2 3 beside 2 3 1; 1 2 3 beside the tie 2.5 2.5 1: -1.5 / sqrt(2 x 1.5)."""
    forecasts = table([9.0, 2.0, 1.0], [1.0, 2.0, 9.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    returns = table([0.1, 0.0, -0.1], [0.0, 0.1, -0.1], [0.2, 0.2, 0.1], [np.nan, np.nan, np.nan])
    found = measure_ranking(forecasts, returns)
    assert found.ic.tolist() == pytest.approx([1.0, -0.5, -(0.75**0.5)])
    assert found.mean_ic == pytest.approx((0.5 - 0.75**0.5) / 3)
    assert (found.left_out, found.tickers) == (0, 3.0)
    assert found.t_ratio == mean_test(found.ic).statistic == pytest.approx(found.mean_ic / found.standard_error)


def test_without_the_ties_it_is_the_correlation_of_the_ranks():
    forecasts, returns = drawn(30, 7, 0.3)
    by_hand = [np.corrcoef(forecasts.loc[day].rank(), returns.loc[day].rank())[0, 1] for day in forecasts.index]
    assert rank_correlations(forecasts, returns).tolist() == pytest.approx(by_hand, abs=1e-12)


def test_equal_forecasts_and_equal_returns_rank_nothing():
    ranked, equal = table([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]), table([5.0, 5.0, 5.0], [4.0, 4.0, 4.0])
    for found in (measure_ranking(equal, ranked), measure_ranking(ranked, equal)):
        assert found.ic.tolist() == found.spreads.tolist() == [0.0, 0.0]
        assert (found.mean_ic, found.t_ratio, found.p_value, found.standard_error) == (0.0, None, None, None)


def test_days_of_two_tickers_are_left_out_and_counted():
    nan = np.nan
    forecasts = table([1.0, 2.0, nan], [nan, nan, nan], [1.0, 2.0, 3.0], [1.0, nan, 3.0])
    returns = table([0.1, -0.2, 0.3], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3], [0.1, 0.2, nan])
    found = measure_ranking(forecasts, returns)
    assert found.ic.to_dict() == {DAYS[2]: 1.0}
    assert found.left_out == 2
    assert found.hit_rate == pytest.approx(5 / 6)  # all days count here: of six forecasts one has the wrong sign
    assert found.by_year["days"].to_dict() == {2019: 0, 2020: 1}
    assert found.by_year["hit_rate"].tolist() == pytest.approx([1 / 2, 1.0])


def test_the_hit_rate_counts_where_both_moved():
    found = measure_ranking(table([1.0, -1.0, 0.0], [1.0, 1.0, 1.0]), table([0.1, 0.1, 0.1], [0.1, -0.1, 0.0]))
    assert found.hit_rate == 2 / 4
    assert measure_ranking(table([0.0, 0.0, 0.0]), table([0.1, 0.1, 0.1])).hit_rate is None


def test_fifths_of_ten_tickers_hold_two_each():
    returns = [0.01, 0.03, 0.02, 0.02, 0.0, 0.0, -0.01, 0.01, 0.05, 0.07]
    found = measure_ranking(table(range(10), columns="abcdefghij"), table(returns, columns="abcdefghij"))
    assert found.fifths.to_dict() == pytest.approx({1: 0.02, 2: 0.02, 3: 0.0, 4: 0.0, 5: 0.06})
    assert found.spread == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("tickers", "sizes"),
    [(3, [1, 1, 1]), (4, [1, 2, 1]), (5, [2, 1, 2]), (8, [3, 2, 3]), (9, [3, 3, 3]), (11, [2, 2, 3, 2, 2])],
)
def test_fewer_than_ten_tickers_are_split_into_thirds(tickers, sizes):
    """A ticker that earns 1 while all others earn 0: the mean of its group is 1 / size."""
    names = [f"T{number:02}" for number in range(tickers)]
    groups = []
    for number in range(tickers):
        returns = table(np.eye(tickers)[number], columns=names)
        groups.append(measure_ranking(table(range(tickers), columns=names), returns).fifths)
    shares = pd.concat(groups, axis=1)
    assert [round(1 / share) for share in shares.max(axis=1)] == sizes
    assert shares.sum(axis=1).tolist() == pytest.approx([1.0] * len(sizes))


def test_equal_forecasts_share_a_group():
    """Of 1 2 2 the equal ones lie on the border of the middle and the highest third: no third is the highest."""
    found = returns_by_group(table([1.0, 2.0, 2.0]), table([0.1, 0.2, 0.4]), 3)
    assert found.iloc[0, :2].tolist() == pytest.approx([0.1, 0.3])
    assert np.isnan(found.iloc[0, 2])


def test_the_figures_of_each_year():
    forecasts, returns = drawn(600, 12, 0.1)
    found = measure_ranking(forecasts, returns)
    for year, row in found.by_year.iterrows():
        alone = measure_ranking(forecasts.loc[str(year)], returns)
        expected = alone.mean_ic, alone.t_ratio, len(alone.ic), alone.hit_rate, alone.spread
        assert row.tolist() == pytest.approx(expected)
    assert found.by_year["days"].sum() == 600


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_tickers_in_the_table_changes_nothing(seed):
    forecasts, returns = drawn(60, 11, 0.1, seed)
    forecasts = forecasts.where(np.random.default_rng(seed).random(forecasts.shape) > 0.2)
    order = np.random.default_rng(seed).permutation(forecasts.columns)
    mixed = measure_ranking(forecasts[order], returns[order[::-1]])
    assert figures(mixed) == figures(measure_ranking(forecasts, returns))
    assert mixed.by_year.equals(measure_ranking(forecasts, returns).by_year)


def test_a_monotone_scale_changes_no_rank_and_the_mirror_turns_the_sign():
    forecasts, returns = drawn(60, 11, 0.1)
    found, scaled, mirrored = (measure_ranking(one, returns) for one in (forecasts, 7 * forecasts, -forecasts))
    assert figures(scaled) == figures(found)
    assert mirrored.ic.tolist() == (-found.ic).tolist()
    assert mirrored.spreads.tolist() == pytest.approx((-found.spreads).tolist(), abs=1e-15)
    assert mirrored.hit_rate == pytest.approx(1 - found.hit_rate)


def test_copies_of_the_tickers_add_no_evidence():
    forecasts, returns = drawn(250, 10, 0.05)
    copies = [one.add_suffix("_copy") for one in (forecasts, returns)]
    found = measure_ranking(forecasts, returns)
    twice = measure_ranking(*(pd.concat(pair, axis=1) for pair in zip((forecasts, returns), copies, strict=True)))
    assert twice.t_ratio == pytest.approx(found.t_ratio, rel=1e-9)
    assert twice.standard_error == pytest.approx(found.standard_error, rel=1e-9)
    assert twice.spread_t_ratio == pytest.approx(found.spread_t_ratio, rel=1e-9)


def test_one_ticker_has_a_hit_rate_and_no_ranking():
    forecasts, returns = drawn(100, 1)
    found = measure_ranking(forecasts, returns)
    assert (found.mean_ic, found.t_ratio, found.spread, found.spread_t_ratio) == (None, None, None, None)
    assert (len(found.ic), found.left_out, found.tickers) == (0, 100, 0.0)
    single = measure_forecast(forecasts.rename(columns={"T000": "predicted_return"}), returns["T000"], 1)
    assert found.hit_rate == single.directional_accuracy
