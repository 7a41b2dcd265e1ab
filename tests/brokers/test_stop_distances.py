"""Which shares of the entry price may be asked for."""

import numpy as np
import pytest

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.errors import ArgumentError


def test_none_is_on_by_default():
    assert not Stops()
    assert Stops(take_profit=1.5)
    assert Stops(trailing_stop=np.float32(0.05))


@pytest.mark.parametrize("name", ["stop_loss", "trailing_stop", "take_profit"])
@pytest.mark.parametrize("share", [0, -0.05, float("nan"), "0.05"])
def test_a_share_lies_above_0(name, share):
    with pytest.raises(
        ArgumentError, match=f"^{name} is a share of the entry price and must lie above 0.*: {share!r} "
    ):
        Stops(**{name: share})


@pytest.mark.parametrize("name", ["stop_loss", "trailing_stop"])
def test_no_stop_is_as_far_as_the_price_itself(name):
    with pytest.raises(ArgumentError, match=r"must lie above 0 and below 1: 5 - 0.05 stands for 5%$"):
        Stops(**{name: 5})
