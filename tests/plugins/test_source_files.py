from pathlib import Path

import pytest

from backtrader_walkforward import predictors
from backtrader_walkforward.plugins.source_files import PLUGINS, source_files

ROOT = Path(__file__).parents[2]
PREDICTORS = ROOT / "predictors"


def test_the_code_is_what_the_predictors_file_imports() -> None:
    names = {name: {file.name for file in source_files(PREDICTORS / f"{name}.py")} for name in ("mean", "lstm")}
    assert names["mean"] == {"mean.py", "predictor.py"}
    assert names["lstm"] >= {"lstm.py", "predictor.py", "network.py", "training.py", "fused_layer.py"}
    assert not names["lstm"] & {"mean.py", "ridge.py", "cache.py", "walk_forward_forecast.py", "ensemble.py"}


def test_imports_are_followed_in_every_form(tmp_path: Path) -> None:
    files = {
        "mine.py": "import pandas\nfrom . import beside\nfrom .inner.deep import thing\ndef late():\n    import last",
        "beside.py": "from inner import deep",
        "inner/__init__.py": "",
        "inner/deep.py": "from .. import mine",
        "last.py": "thing = 1",
        "other.py": "",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    found = {file.relative_to(tmp_path).as_posix() for file in source_files(tmp_path / "mine.py")}
    assert found == files.keys() - {"other.py"}


@pytest.mark.parametrize(
    "block",
    [
        "if one:\n{}",
        "if one: ...\nelif two:\n{}",
        "for one in two: ...\nelse:\n{}",
        "with one:\n{}",
        "try:\n{}\nexcept Error: ...",
        "try: ...\nexcept Error:\n{}",
        "try: ...\nexcept Error: ...\nelse:\n{}",
        "try: ...\nfinally:\n{}",
        "try: ...\nexcept* Error:\n{}",
        "match one:\n case two:\n{}",
        "class One:\n async def two(self):\n{}",
    ],
)
def test_an_import_is_found_in_every_block(block: str, tmp_path: Path) -> None:
    (tmp_path / "beside.py").touch()
    (tmp_path / "mine.py").write_text(block.format("  import beside"))
    assert source_files(tmp_path / "mine.py") == [tmp_path / "beside.py", tmp_path / "mine.py"]


@pytest.mark.parametrize(
    ("statement", "file"),
    [
        ("from backtrader_walkforward import Predictor", "backtrader_walkforward/forecasting/predictor.py"),
        ("from backtrader_walkforward import UserError, SizingStrategy", "backtrader_walkforward/errors.py"),
        ("from backtrader_walkforward.predictors.mean import Mean", "predictors/mean.py"),
        ("from backtrader_walkforward.predictors import mean", "predictors/mean.py"),
        ("import backtrader_walkforward.strategies.kelly", "strategies/kelly.py"),
    ],
)
def test_public_names_and_plugins_lead_to_the_file_that_defines_them(statement: str, file: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(statement)
    found = source_files(tmp_path / "mine.py")
    assert ROOT / file in found
    assert ROOT / "backtrader_walkforward" / "__init__.py" not in found


def test_several_files_share_one_list(tmp_path: Path) -> None:
    for name, content in {"a": "import shared", "b": "import shared", "shared": ""}.items():
        (tmp_path / f"{name}.py").write_text(content)
    found = source_files(tmp_path / "b.py", tmp_path / "a.py")
    assert [file.name for file in found] == ["a.py", "b.py", "shared.py"]


def test_a_helper_beside_the_folder_of_plugins_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "predictors").mkdir()
    (tmp_path / "predictors" / "mine.py").write_text("from common import f")
    (tmp_path / "common.py").write_text("f = 1")
    monkeypatch.setitem(PLUGINS, predictors.__name__, [*predictors.__path__, str(tmp_path / "predictors")])
    assert source_files(tmp_path / "predictors" / "mine.py") == [
        tmp_path / "common.py",
        tmp_path / "predictors/mine.py",
    ]
