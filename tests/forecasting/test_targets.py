import numpy as np
import pytest

from backtrader_walkforward.forecasting.targets import as_return, next_target, target_scaler

CLOSE = np.array([100.0, 110.0, 99.0])


def test_what_follows_the_last_bar_is_not_known() -> None:
    np.testing.assert_allclose(next_target(CLOSE, "return"), [0.1, -0.1, np.nan])
    np.testing.assert_array_equal(next_target(CLOSE, "price"), [110.0, 99.0, np.nan])


@pytest.mark.parametrize("target", ["return", "price"])
def test_the_way_back_gives_the_return(target: str) -> None:
    np.testing.assert_allclose(as_return(next_target(CLOSE, target), CLOSE, target)[:2], [0.1, -0.1])


def test_returns_are_standardised_and_prices_scaled_to_0_1() -> None:
    column = np.array([[1.0], [2.0], [3.0]])
    assert target_scaler("price").fit_transform(column).ravel().tolist() == [0.0, 0.5, 1.0]
    assert target_scaler("return").fit_transform(column).ravel() == pytest.approx([-(1.5**0.5), 0.0, 1.5**0.5])
