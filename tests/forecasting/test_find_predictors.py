import subprocess
import sys

import pytest
from backtrader_walkforward.predictors.lstm import LSTM

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import find_predictors, make_predictor


def test_predictors_are_found_by_themselves() -> None:
    assert sorted(find_predictors()) == ["lstm", "mean", "naive", "ridge"]
    assert find_predictors()["lstm"] is LSTM


def test_a_predictor_takes_the_settings_it_knows() -> None:
    assert make_predictor("lstm", epochs=3, seed=1, target="price").get_params()["epochs"] == 3
    assert make_predictor("mean", epochs=3, seed=1, target="price").get_params() == {"seed": 1, "target": "price"}


def test_an_unknown_predictor_is_named_with_the_closest() -> None:
    with pytest.raises(ArgumentError, match="--predictor names no predictor: 'rigde' - did you mean 'ridge'"):
        make_predictor("rigde")


def test_finding_predictors_leaves_tensorflow_out() -> None:
    make = "from backtrader_walkforward.forecasting import make_predictor; make_predictor('lstm')"
    code = f"import sys; {make}; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
