"""The range of null models, in figures that can be checked by hand."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.null_percentiles import NullBand


def test_five_of_a_hundred_null_models_lie_below_the_band_and_five_above():
    days = pd.bdate_range("2024-01-01", periods=2)
    band = NullBand.of(np.column_stack([np.arange(101.0), 10 * np.arange(101.0)]), days)
    assert band.low.tolist() == [5.0, 50.0]
    assert band.high.tolist() == [95.0, 950.0]
