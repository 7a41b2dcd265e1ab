import subprocess
import sys
from pathlib import Path

import pytest
from backtrader_walkforward.predictors.lstm import LSTM

from backtrader_walkforward import predictors
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import find_predictors, make_predictor


def test_predictors_are_found_by_themselves() -> None:
    assert sorted(find_predictors()) == ["boosting", "lstm", "mean", "naive", "ridge"]
    assert find_predictors()["lstm"] is LSTM


def test_a_file_that_is_added_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictors, "__path__", [*predictors.__path__, str(tmp_path)])
    assert "later" not in find_predictors()
    base = "from backtrader_walkforward.predictors.naive import Naive"
    (tmp_path / "later_file.py").write_text(f"{base}\n\n\nclass Later(Naive):\n    pass\n")
    try:
        assert "later" in find_predictors()
    finally:
        sys.modules.pop("backtrader_walkforward.predictors.later_file", None)


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
