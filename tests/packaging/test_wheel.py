"""The wheel: built, installed into an environment of its own, run from another folder with plug-ins of the user's."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from backtrader_walkforward import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGE = "backtrader_walkforward"

STRATEGY = """
from backtrader_walkforward import SizingStrategy


class Mine(SizingStrategy):
    def target_weight(self):
        return 0.3 * self.signal
"""

PREDICTOR = """
import numpy as np

from backtrader_walkforward import Predictor


class Momentum(Predictor):
    is_random = False
    needs_raw_inputs = True

    def fit(self, windows, target):
        return self

    def predict(self, windows):
        return 0.1 * (windows[:, -1, 0] / windows[:, -5, 0] - 1)
"""


def call(*command: object, cwd: Path, **environment: str) -> str:
    """Run a command away from the checkout and return what it printed."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=outside | environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Path:
    """An environment with the wheel in it, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "docs", "benchmarks")
    shutil.copytree(ROOT, source, ignore=ignored)
    quiet = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    call(sys.executable, *quiet, "wheel", source, "--no-deps", "--no-build-isolation", "-w", folder, cwd=folder)
    shutil.rmtree(source)
    [wheel] = folder.glob("*.whl")
    call(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    [packages] = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    call(python, *quiet, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    return folder / "venv" / "bin"


def test_every_module_is_in_the_wheel(environment):
    [installed] = environment.parent.glob("lib/python*/site-packages/backtrader_walkforward")
    expected = {path.relative_to(ROOT) for path in (ROOT / PACKAGE).rglob("*.*") if path.suffix != ".pyc"}
    assert {path for path in expected if not (installed.parent / path).is_file()} == set()
    for kind in ("strategies", "predictors", "analyzers"):
        shipped = {path.name for path in (installed / kind / "shipped").glob("*.py")}
        assert shipped == {path.name for path in (ROOT / kind).glob("*.py")} != set()


def test_the_version_is_that_of_the_package(environment):
    [wheel] = environment.parents[1].glob("*.whl")
    assert wheel.name == f"backtrader_walkforward-{__version__}-py3-none-any.whl"
    printed = call(environment / "backtrader-walkforward", "--version", cwd=environment)
    assert printed == f"backtrader-walkforward {__version__}\n"


def test_a_library_beside_the_package_is_no_code_of_a_predictor(environment, tmp_path):
    [installed] = environment.parent.glob("lib/python*/site-packages/backtrader_walkforward")
    library = installed.with_name("a_library.py")
    library.touch()
    (tmp_path / "mine.py").write_text("import a_library\nfrom a_library import thing\n" + PREDICTOR)
    code = "from backtrader_walkforward.plugins.source_files import *; print(*source_files(Path('mine.py').resolve()))"
    files = call(environment / "python", "-c", code, cwd=tmp_path).split()
    library.unlink()
    assert {Path(file).name for file in files} == {"mine.py", "predictor.py"}


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A folder of the user's, with a strategy and a predictor dropped in."""
    folder = tmp_path_factory.mktemp("work")
    for kind, name, text in (("strategies", "mine", STRATEGY), ("predictors", "momentum", PREDICTOR)):
        (folder / kind).mkdir()
        (folder / kind / f"{name}.py").write_text(text)
    return folder


def test_the_command_ranks_what_was_dropped_in(environment, work):
    arguments = "--source sample --period 365 --lookback 20 --predictor momentum --workers 2 --null-models 0"
    few = ["--strategies", "mine,kelly", "--hybrids", "70", "--tearsheets", "best"]
    call(environment / "backtrader-walkforward", *arguments.split(), *few, cwd=work)
    [path] = work.glob("runs/*/results.json")
    results = json.loads(path.read_text())
    assert results["settings"]["predictor"] == "momentum"
    assert {"mine", "mine_hybrid_30_70", "kelly"} <= {entry["name"] for entry in results["strategies"]}
    assert "mine" in (path.parent / "index.html").read_text()


def test_a_plugin_is_the_same_class_in_a_spawned_worker(environment, work):
    script = """
import multiprocessing

from backtrader_walkforward.strategies.kelly import Kelly
from backtrader_walkforward.strategies.mine import Mine
import backtrader_walkforward


def name_of(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(name_of, [Mine]) == "backtrader_walkforward.strategies.mine.Mine"
        assert pool.apply(name_of, [Kelly]) == "backtrader_walkforward.strategies.kelly.Kelly"
    print(backtrader_walkforward.__file__)
"""
    (work / "script.py").write_text(script)
    printed = call(environment / "python", "-W", "error", "script.py", cwd=work)
    assert Path(printed.strip()).is_relative_to(environment.parent)
    assert (Path(printed.strip()).parent / "py.typed").is_file()
