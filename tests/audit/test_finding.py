"""Differences to the bit, and merged findings."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.finding import Finding, Verdict, compare, first_difference, merge_findings

DAYS = pd.bdate_range("2024-01-01", periods=4)
PAST = pd.Series([0.0, 0.1, np.nan, 0.3], DAYS)


@pytest.mark.parametrize(
    ("day", "value"),
    [(0, -0.0), (1, np.nextafter(0.1, 1)), (2, 0.0), (3, np.nan)],
    ids=["sign", "bit", "value", "masked"],
)
def test_the_smallest_difference_counts(day, value):
    again = PAST.copy()
    again.iloc[day] = value
    assert first_difference(PAST, again) == DAYS[day]


def test_later_rows_do_not_count():
    longer = pd.concat([PAST, pd.Series([9.0], [pd.Timestamp("2024-02-01")])])
    assert first_difference(PAST, longer) is None
    assert first_difference(PAST.iloc[:0], longer) is None


def test_a_missing_row_or_column_is_a_difference():
    assert first_difference(PAST, PAST.drop(DAYS[1])) == DAYS[1]
    assert first_difference(PAST.to_frame("a"), pd.DataFrame({"a": PAST, "b": PAST})) == DAYS[0]


def test_numbers_are_counted():
    assert compare("feature", "rsi", PAST, PAST, "changes") == Finding("feature", "rsi", 3)


def test_the_verdict_needs_something_compared():
    assert Finding("feature", "rsi", 3).verdict == Verdict.PASS
    assert Finding("feature", "rsi", 0).verdict == Verdict.INCONCLUSIVE
    assert Finding("feature", "rsi", 0, "changes").verdict == Verdict.FAIL


def test_findings_are_merged_with_the_earliest_failure():
    looks = [
        Finding("feature", "rsi", 3),
        Finding("feature", "rsi", 4, "changes late", DAYS[2]),
        Finding("strategy", "rsi", 0, reason="no order"),
        Finding("feature", "rsi", 5, "changes early", DAYS[1]),
    ]
    feature, strategy = merge_findings(looks)
    assert feature == Finding("feature", "rsi", 12, "changes early", DAYS[1])
    assert str(feature) == "feature rsi, 2024-01-02: changes early"
    assert str(strategy) == "strategy rsi: no order"
    assert str(Finding("feature", "rsi", 3)) == "feature rsi: 3 values compared"
