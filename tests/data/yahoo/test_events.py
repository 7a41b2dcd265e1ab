"""What yfinance tells of a fund, which distributes capital gains, too."""

import pandas as pd
import pytest

from backtrader_walkforward.data.yahoo.events import quoted_closes

DAYS = pd.bdate_range("2024-01-02", periods=3)


@pytest.mark.parametrize(
    ("dividend", "gain", "adjusted", "paid"),
    [
        (2.0, 0.0, 98.0, 2.0),
        (2.08, 0.0, 98.0, 2.08),
        (2.12, 0.0, 98.0, 2.0),
        (2.0, 3.0, 95.0, 5.0),
        (5.0, 3.0, 95.0, 5.0),
        (0.0, 3.0, 97.0, 3.0),
    ],
    ids=["a dividend", "4% more", "6% more", "both", "the dividend contains the gain", "a gain alone"],
)
def test_capital_gains_are_cash(dividend, gain, adjusted, paid):
    history = pd.DataFrame(
        {
            "Close": [100.0, 95.0, 95.0],
            "Adj Close": [adjusted, 95.0, 95.0],
            "Dividends": [0.0, dividend, 0.0],
            "Stock Splits": 0.0,
            "Capital Gains": [0.0, gain, 0.0],
        },
        DAYS.tz_localize("America/New_York"),
    )
    quoted, actions, notes = quoted_closes(history, DAYS)
    assert quoted.tolist() == [100, 95, 95]
    assert actions["Dividend"].tolist() == pytest.approx([paid])
    assert len(notes) == (dividend + gain != paid)
