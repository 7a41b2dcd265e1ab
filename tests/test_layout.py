"""The flow is the layout: imports point from right to left, heavy libraries stay in their rooms, folders stay small."""

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "backtrader_walkforward"
PLUGINS = ("strategies", "predictors", "analyzers")
FLOW = (
    *("errors", "metric", "system", "plugins", "settings", "data", "features"),
    *("forecasting", "predictors", "regimes", "brokers", "trading", "strategies", "evaluation", "analyzers"),
    *(
        "signals",
        "cerebro",
        "backtest",
        "significance",
        "null_models",
        "reports",
        "saved_runs",
        "study",
        "panels",
        "audit",
        "live",
        "cli",
        "__main__",
    ),
)
"""All rooms, left to right: each may import those to its left."""

FINDERS = ("plugins", "forecasting", "trading")
"""Rooms that import the packages of plug-ins, to find what lies in them."""

ROOMS_OF = {
    "tensorflow": {"forecasting/keras_lstm"},
    "keras": {"forecasting/keras_lstm"},
    "quantstats": {"reports"},
    "matplotlib": {"reports", "data/sample.py"},
    "yfinance": {"data"},
    "talib": {"features"},
    "statsmodels": {"regimes"},
    "exchange_calendars": {"data/calendar.py"},
    "rich": {"reports"},
    "bokeh": {"reports"},
    "distributed": {"panels/tasks/executors.py"},
    "shtab": {"cli/completion.py"},
}
MOST_FILES = 14


@cache
def modules() -> dict[str, Path]:
    """All our modules but the tests, by the names under which they are imported."""
    found = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / PACKAGE).rglob("*.py")}
    plugins = {f"{PACKAGE}.{kind}.{path.stem}": path for kind in PLUGINS for path in (ROOT / kind).glob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in sorted((found | plugins).items())}


@cache
def imported(path: Path) -> frozenset[str]:
    """The full names of all that a module imports: at its top, inside a function, or for its types."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & set(modules()) or {node.module}
    return frozenset(found)


def room_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("module", [name for name in modules() if name != PACKAGE])
def test_no_arrow_points_left(module):
    ours = {name for name in imported(modules()[module]) if name in modules() and name != PACKAGE}
    packages = {f"{PACKAGE}.{kind}" for kind in PLUGINS if room_of(module) in FINDERS}
    allowed = FLOW[: FLOW.index(room_of(module)) + 1]
    assert {name for name in ours - packages if room_of(name) not in allowed} == set()


def test_there_is_no_cycle():
    graph = {
        module: {name for name in imported(path) if name in modules() and name not in (module, PACKAGE)}
        for module, path in modules().items()
        if module != PACKAGE
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_a_study_computes_without_the_reports():
    """In `study/` only the result and the listener of the terminal know them."""
    importers = {
        name.rpartition(".")[2]
        for name, path in modules().items()
        if room_of(f"{name}.") == "study" and any(f"{one}.".startswith(f"{PACKAGE}.reports.") for one in imported(path))
    }
    assert importers <= {"result", "terminal_progress"}


def test_a_plugin_has_one_name():
    """`import strategies.kelly` would make a second class of the first."""
    wrong = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        and any(name.split(".")[0] in PLUGINS for name in imported(path))
    }
    assert {path for path in wrong if not path.startswith("tests/laws/")} == set()  # hypothesis has strategies, too


@pytest.mark.parametrize("library", ROOMS_OF)
def test_heavy_libraries_stay_in_their_rooms(library):
    importers = {
        name.removeprefix(f"{PACKAGE}.").replace(".", "/")
        for name, path in modules().items()
        if library in {found.split(".")[0] for found in imported(path)}
    }
    assert {one for one in importers if not f"{one}.py".startswith(tuple(ROOMS_OF[library]))} == set()


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (f"import {PACKAGE}", {"pandas", "numpy", "backtrader", "tensorflow", "matplotlib", "rich"}),
        (f"import {PACKAGE}.cli.main", {"pandas", "numpy", "backtrader", "tensorflow", "matplotlib", "rich"}),
        (
            f"import {PACKAGE}.data",
            {"yfinance", "exchange_calendars", "matplotlib", "arch", "tensorflow", "backtrader"},
        ),
        (f"import {PACKAGE}.forecasting as f; f.find_predictors()", {"tensorflow", "keras"}),
        (
            f"import {PACKAGE}.backtest, {PACKAGE}.trading.variants as v; v.find_strategies()",
            {"tensorflow", "keras", "quantstats"},
        ),
        (f"import {PACKAGE}.regimes.markov, {PACKAGE}.backtest, {PACKAGE}.study", {"statsmodels"}),
        (
            f"import {PACKAGE}.reports, {PACKAGE}.reports.terminal",
            {"tensorflow", "quantstats", "matplotlib", "backtrader", "bokeh"},
        ),
        (
            f"import {PACKAGE}.reports.panel, {PACKAGE}.reports.live_comparison, {PACKAGE}.saved_runs.command",
            {"tensorflow", "bokeh"},
        ),
    ],
)
def test_importing_a_room_loads_no_more_than_it_needs(statement, absent):
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not absent & set(loaded.stdout.split())


def tracked() -> list[Path]:
    """All files of the project, as git has them, or as they lie there where this is no checkout."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [Path(name) for name in listed.splitlines()]
    return [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def test_no_folder_is_crowded():
    files = Counter(str(path.parent) for path in tracked() if path.parent != Path())
    assert {folder for folder, number in files.items() if number > MOST_FILES} == set()


def test_every_package_is_in_the_wheel():
    """Whether its modules are there, too, is a slow test: it builds the wheel."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / PACKAGE).rglob("__init__.py")}
    assert {".".join(folder.parts) for folder in folders} <= set(declared)


def test_the_root_is_grasped_in_ten_seconds():
    entries = {path.parts[0] for path in tracked() if not path.parts[0].startswith(".")}
    assert len(entries) <= 20
    assert [name for name in sorted(entries) if name.endswith(".py")] == ["runner.py"]


@pytest.mark.parametrize("kind", PLUGINS)
def test_plugin_folders_hold_plugins_only(kind):
    """Each file there defines a class of its own name, and imports nothing of ours but the package."""
    for path in (ROOT / kind).iterdir():
        if path.name != "__pycache__":
            classes = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
            assert path.suffix == ".py"
            assert classes
