"""Splits, dividends and corrections between two sessions."""

import pandas as pd
import pytest

from backtrader_walkforward.errors import DataError
from backtrader_walkforward.live.paper.price_adjustment import adjustment_factor_of, back_adjusted

DAYS = pd.bdate_range("2024-01-01", periods=5)


def bars(closes, volumes=None, days=DAYS):
    close = pd.Series(closes, days[: len(closes)], dtype=float)
    volume = 1000.0 if volumes is None else volumes
    return pd.DataFrame({"Open": close - 1, "High": close + 1, "Low": close - 2, "Close": close, "Volume": volume})


RECORDED = bars([100, 102, 104, 106])


def test_prices_without_an_adjustment():
    today = back_adjusted(RECORDED, bars([100, 102, 104, 106, 107.3]))
    assert (today.adjustment_factor, today.notes) == (1.0, ())
    pd.testing.assert_frame_equal(today.bars, bars([0, 0, 0, 0, 107.3]).iloc[4:], check_exact=True, check_freq=False)


def test_a_split_of_two_for_one_halves_prices_and_doubles_volumes():
    after = (RECORDED * [0.5, 0.5, 0.5, 0.5, 2.0], bars([0] * 4 + [54], 2200.0).iloc[4:])
    today = back_adjusted(RECORDED, pd.concat(after))
    assert today.adjustment_factor == 0.5
    assert today.bars.iloc[0].tolist() == [106.0, 110.0, 104.0, 108.0, 1100.0]


def test_a_dividend_scales_prices_and_no_volume():
    paid = RECORDED * [0.99, 0.99, 0.99, 0.99, 1]
    today = back_adjusted(RECORDED, pd.concat([paid, bars([0] * 4 + [99.0], 1500.0).iloc[4:]]))
    assert today.adjustment_factor == pytest.approx(0.99)
    assert today.bars["Close"].tolist() == [pytest.approx(100.0)]
    assert today.bars["Volume"].tolist() == [1500.0]
    assert today.notes == ()


def test_rounding_of_adjusted_prices_is_no_adjustment():
    assert back_adjusted(RECORDED, RECORDED * (1 + 3e-7)).adjustment_factor == 1.0


def test_one_corrected_bar_is_no_adjustment_but_a_note():
    corrected = bars([100, 102.5, 104, 106, 107])
    today = back_adjusted(RECORDED, corrected)
    assert today.adjustment_factor == 1.0
    assert today.notes == (
        "recorded days with other prices now: 1, the first 2024-01-02; the ledger keeps what it recorded",
    )


def test_missing_and_new_days_are_notes():
    found = bars([100, 102, 104, 106, 107]).drop(DAYS[1])
    assert back_adjusted(RECORDED, found).notes == (
        "recorded days without prices now: 1, the first 2024-01-02; the ledger keeps what it recorded",
    )
    assert back_adjusted(RECORDED.drop(DAYS[1:3]), bars([100, 102, 104, 106, 107])).notes == (
        "days whose prices were added later: 2, the first 2024-01-02; the ledger keeps what it recorded",
    )


def test_prices_without_a_common_day_are_refused():
    with pytest.raises(
        DataError, match=r"share no day with the ledger, .* use prices that continue from its end, 2024-01-04"
    ):
        back_adjusted(RECORDED, bars([107], days=DAYS[4:]))


def test_the_factor_comes_from_the_latest_days():
    before = pd.Series([100.0] * 60)
    now = pd.Series([50.0] * 30 + [25.0] * 30)
    assert adjustment_factor_of(before, now) == 0.25
    assert adjustment_factor_of(before * 0, now) == 1.0
