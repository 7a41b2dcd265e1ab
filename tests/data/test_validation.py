import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.validation import require_rows, validate
from backtrader_walkforward.errors import DataError


def good(rows=4):
    days = pd.date_range("2020-01-01", periods=rows, name="Date")
    values = {"Open": 10.0, "High": 12.0, "Low": 9.0, "Close": 11.0, "Volume": 0.0}
    return pd.DataFrame(values, index=days)


def test_good_prices_pass():
    validate(good(), name="test")


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("Close", np.nan, "test: the close of 2020-01-02 is missing - correct it"),
        ("Volume", np.nan, "the volume of 2020-01-02 is missing - .*, or add --csv-columns volume=none$"),
        ("Open", np.inf, "the open of 2020-01-02 is infinite: inf"),
        ("Low", -np.inf, "the low of 2020-01-02 is infinite: -inf"),
        ("Low", 0, "the low of 2020-01-02 is not above zero: 0"),
        ("Close", -5, "the close of 2020-01-02 is not above zero: -5"),
        ("Volume", -1, "the volume of 2020-01-02 is negative: -1"),
        ("High", 8, "on 2020-01-02 the high is below the low: open 10, high 8, low 9, close 11"),
        ("Open", 13, "on 2020-01-02 open or close lies outside low to high: open 13, high 12, low 9, close 11"),
        ("Close", 8, "on 2020-01-02 open or close lies outside low to high"),
    ],
)
def test_bad_row_is_named(column, value, text):
    frame = good()
    frame.loc["2020-01-02", column] = value
    with pytest.raises(DataError, match=text) as raised:
        validate(frame, name="test")
    assert "--csv FILE" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_first_of_several_is_named_and_the_others_counted():
    frame = good()
    frame.loc["2020-01-02":"2020-01-04", "Close"] = 0
    with pytest.raises(DataError, match=r"the close of 2020-01-02 is not above zero: 0 \(and 2 more\)"):
        validate(frame, name="test")


def test_rounding_of_adjusted_prices_passes():
    frame = good()
    frame.loc["2020-01-02", "Close"] = 12 * (1 + 9e-7)
    frame.loc["2020-01-03", "Open"] = 9 * (1 - 9e-7)
    validate(frame, name="test")
    for column, value in (("Close", 12 * (1 + 2e-6)), ("Open", 9 * (1 - 2e-6))):
        with pytest.raises(DataError, match="open or close lies outside low to high"):
            validate(frame.assign(**{column: value}), name="test")


def test_duplicate_date():
    frame = good().iloc[[0, 1, 1, 2]]
    with pytest.raises(DataError, match="the date 2020-01-02 appears twice - keep one row a day"):
        validate(frame, name="test")


def test_unsorted_dates():
    frame = good().iloc[[0, 2, 1, 3]]
    with pytest.raises(DataError, match="not in order: 2020-01-02 comes after 2020-01-03 - sort the rows, oldest"):
        validate(frame, name="test")


def test_no_rows():
    with pytest.raises(DataError, match="test: no rows of prices"):
        validate(good(0), name="test")


def test_too_few_rows():
    require_rows(good(4), 4, "use a longer --period")
    text = r"too few rows of prices: 4 \(2020-01-01 to 2020-01-04\), 5 are needed - use a longer --period"
    with pytest.raises(DataError, match=text):
        require_rows(good(4), 5, "use a longer --period")
    with pytest.raises(DataError, match="too few rows of prices: 0, 5 are needed"):
        require_rows(good(0), 5, "use a longer --period")
