from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge as LinearRidge

from backtrader_walkforward.system.cache_key import NoKeyError, cache_key, canonical_text
from backtrader_walkforward.system.source_content import first_read


def test_unequal_values_have_unequal_texts() -> None:
    values = [
        *(None, True, 1, 1.0, "1", b"1", 0.1 + 0.2, 0.3, -0.0, 0.0, float("nan")),
        *((1, 2), [1, 2], ("1, 2",), ((1,), 2), {"a": 1, "b": 2}, {"a": {"b": 1}}, "dict('a': 1)", {"a": 1}),
        *(np.float64(1), np.float32(1), np.arange(4), np.arange(4.0), np.arange(4).reshape(2, 2), np.zeros(2000)),
        *(np.append(np.zeros(1999), 1), LinearRidge(), LinearRidge(alpha=2)),
    ]
    assert len({canonical_text(value) for value in values}) == len(values)
    assert canonical_text({"a": 1, "b": 2}) == canonical_text({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([None]), [lambda: 0]])
def test_what_differs_from_process_to_process_has_no_text(value: object) -> None:
    with pytest.raises(NoKeyError, match="cannot be part of their key"):
        canonical_text(value)


def test_a_key_is_made_of_parts_files_and_libraries(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    for file in (one, other):
        file.write_text(f"name = {file.stem!r}")
    key = cache_key({"rows": 3}, [one, other], ["numpy"])
    assert len(key) == 64
    assert cache_key({"rows": 3}, [other, one], ["numpy"]) == key
    others = {
        cache_key({"rows": 4}, [one, other], ["numpy"]),
        cache_key({"rows": 3}, [one], ["numpy"]),
        cache_key({"rows": 3}, [one, other], ["pandas"]),
    }
    assert len(others | {key}) == 4
    one.write_text("name = 1")
    first_read.cache_clear()
    assert cache_key({"rows": 3}, [one, other], ["numpy"]) not in others | {key}


@pytest.mark.parametrize(
    ("files", "libraries", "fault"),
    [(["gone.py"], [], "gone.py cannot be read"), ([], ["no-such-library"], "no-such-library is not installed")],
)
def test_what_cannot_be_read_leaves_no_key(files: list[str], libraries: list[str], fault: str, tmp_path: Path) -> None:
    with pytest.raises(NoKeyError, match=fault):
        cache_key({}, [tmp_path / name for name in files], libraries)
