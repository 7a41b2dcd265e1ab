"""The importance of features in a study."""

import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.features import FEATURE_NAMES
from tests.study.conftest import QUICK


def test_it_is_measured_on_request_and_changes_nothing_else(result):
    cache = result.settings.machine.cache_dir
    with pytest.raises(wf.ArgumentError, match="run with importance=True"):
        result.importance
    measured = wf.run("spy", importance=True, cache_dir=cache, **QUICK)
    assert sorted(measured.importance.index) == sorted(FEATURE_NAMES)
    assert measured.importance["error_rise"].is_monotonic_decreasing
    assert measured.table.equals(result.table)
    assert measured.significance.trials == result.significance.trials
    assert measured.settings.trial_settings() == result.settings.trial_settings()
    assert len(measured.diagnostics.importance.by_fold) == 31 * measured.diagnostics.importance.folds
