import numpy as np

from backtrader_walkforward.features.volumes import volume_change, volume_ratio, volume_sma

nan = np.nan


def test_volume_change_is_zero_after_a_day_without_volume() -> None:
    np.testing.assert_array_equal(volume_change(np.array([4.0, 6.0, 0.0, 0.0, 5.0])), [nan, 0.5, -1.0, 0.0, 0.0])


def test_volume_sma_is_the_mean_of_the_last_days() -> None:
    np.testing.assert_array_equal(volume_sma(np.array([1.0, 3.0, 8.0]), days=2), [nan, 2.0, 5.5])


def test_volume_sma_without_volume_is_exactly_zero() -> None:
    volume = np.r_[np.random.default_rng(0).random(100) * 1e9, np.zeros(20)]
    assert volume_sma(volume)[-1] == 0.0


def test_volume_ratio_is_one_where_nothing_is_traded() -> None:
    np.testing.assert_array_equal(volume_ratio(np.array([6.0, 0.0, 0.0]), np.array([4.0, 4.0, 0.0])), [1.5, 0.0, 1.0])
