import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.forecasting.fold_cache import code_of, fit_key, window_digests
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.system.cache_key import NoKeyError
from backtrader_walkforward.system.source_content import first_read

ROOT = Path(__file__).parents[2]

MAKE_TASK = """
import numpy as np
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.predictors.ridge import Ridge
from backtrader_walkforward.forecasting.fold_cache import fit_key

days = np.arange(6).astype("datetime64[D]")
task = FoldTask(0, Ridge(), 3, np.arange(12.0 * 31).reshape(12, 31), np.arange(6.0), days)
"""


@pytest.fixture
def task() -> FoldTask:
    """Six training windows of 3 rows, then 3 test windows."""
    rows = np.arange(12.0 * 31).reshape(12, 31)
    return FoldTask(0, Ridge(), 3, rows, np.arange(6.0), np.arange(6).astype("datetime64[D]"))


def nudged(values: np.ndarray, fit_id: int | tuple[int, int]) -> np.ndarray:
    """One value changed in its last bit."""
    changed = values.copy()
    changed[fit_id] = np.nextafter(changed[fit_id], np.inf)
    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda task: replace(task, predictor=Ridge(seed=8)),
        lambda task: replace(task, predictor=Ridge(target="price")),
        lambda task: replace(task, predictor=Mean()),
        lambda task: replace(task, lookback=2),
        lambda task: replace(task, target=nudged(task.target, 5)),
        lambda task: replace(task, target=task.target[:5]),
        lambda task: replace(task, rows=nudged(task.rows, (0, 0))),
        lambda task: replace(task, rows=nudged(task.rows, (7, 30))),
        lambda task: replace(task, rows=task.rows.astype(np.float32)),
    ],
)
def test_whatever_the_fit_hangs_on_changes_the_key(task: FoldTask, change: Callable[[FoldTask], FoldTask]) -> None:
    assert fit_key(change(task)) != fit_key(task)


def test_later_rows_and_the_number_of_the_fold_leave_the_key(task: FoldTask) -> None:
    assert fit_key(replace(task, rows=nudged(task.rows, (8, 0)))) == fit_key(task)
    assert fit_key(replace(task, rows=task.rows[:-2])) == fit_key(task)
    assert fit_key(replace(task, fold=4)) == fit_key(task)


def test_each_test_window_has_its_own_digest(task: FoldTask) -> None:
    digests = window_digests(task)
    assert len(set(digests)) == 3
    assert window_digests(replace(task, rows=task.rows[:-1])) == digests[:2]
    last_changed = window_digests(replace(task, rows=nudged(task.rows, (11, 3))))
    assert [new == old for new, old in zip(last_changed, digests, strict=True)] == [True, True, False]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_equal_inputs_have_equal_keys_in_another_process(task: FoldTask, hash_seed: str) -> None:
    command = [sys.executable, "-c", MAKE_TASK + "print(fit_key(task))"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == fit_key(task)


def test_another_version_of_a_library_changes_the_key(task: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fit_key(task)
    monkeypatch.setattr(
        "backtrader_walkforward.system.cache_key.version_of",
        lambda name: "0.1" if name == "scikit-learn" else "1",
    )
    assert fit_key(task) != before


def test_a_library_that_is_not_installed_leaves_no_key(task: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ridge, "libraries", ("numpy", "no-such-library"))
    with pytest.raises(NoKeyError, match="no-such-library is not installed"):
        fit_key(task)


def load(path: Path) -> type[Predictor]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    code_of.cache_clear()
    first_read.cache_clear()
    return module.Mine


def test_changed_code_changes_the_key_and_changed_back_restores_it(task: FoldTask, tmp_path: Path) -> None:
    (tmp_path / "mine_of_a_test.py").write_text(
        "from backtrader_walkforward.predictors.mean import Mean\nimport helper\nclass Mine(Mean): pass"
    )
    keys = []
    for content in ("SHARE = 1", "SHARE = 2", "SHARE = 1"):
        (tmp_path / "helper.py").write_text(content)
        sys.modules["helper"] = sys.modules[__name__]
        keys.append(fit_key(replace(task, predictor=load(tmp_path / "mine_of_a_test.py")())))
    del sys.modules["helper"], sys.modules["mine_of_a_test"]
    assert keys[0] != keys[1]
    assert keys[0] == keys[2]


def test_a_class_without_a_file_has_no_key(task: FoldTask) -> None:
    made_up = type("MadeUp", (Mean,), {"__module__": "builtins"})
    with pytest.raises(NoKeyError, match="the code of MadeUp cannot be read"):
        fit_key(replace(task, predictor=made_up()))
