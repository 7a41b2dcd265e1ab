"""The flow is the layout: imports point from right to left, heavy libraries stay in their rooms."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GROUND_FLOOR = {
    "config",
    "checks",
    "choices",
    "cores",
    "errors",
    "files",
    "discovery",
    "garbage",
    "processes",
    "stores",
    "words",
}
MAY_IMPORT = {
    "feeds": set(),
    "features": set(),
    "predictors": {"features"},
    "regimes": {"features", "predictors"},
    "brokers": set(),
    "strategies": {"brokers"},
    "analyzers": set(),
    "reports": {"analyzers"},
    "market": {"features", "predictors", "regimes", "strategies"},
    "backtest": {"feeds", "features", "predictors", "regimes", "brokers", "strategies", "analyzers", "market"},
    "audit": {"feeds", "features", "predictors", "regimes", "brokers", "strategies", "analyzers", "market", "backtest"},
}
MAY_IMPORT["paper"] = {*MAY_IMPORT, "stages"}
ROOMS_OF = {
    "tensorflow": {"predictors"},
    "keras": {"predictors"},
    "quantstats": {"reports"},
    "matplotlib": {"reports", "feeds/sample.py"},
    "yfinance": {"feeds"},
    "talib": {"features"},
    "statsmodels": {"regimes"},
    "rich": {"reports"},
}
OURS = {*MAY_IMPORT, *GROUND_FLOOR, "runner", "stages", "command_line"}


def sources() -> list[Path]:
    """All our modules but the tests."""
    rooms = [ROOT / name for name in MAY_IMPORT if (ROOT / name).is_dir()]
    return sorted([*ROOT.glob("*.py"), *(path for room in rooms for path in room.rglob("*.py"))])


def imported(path: Path) -> set[str]:
    """The first names of all that a module imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_arrow_points_left(path):
    room = room_of(path)
    if room in ("runner", "stages", "command_line"):
        allowed = OURS
    elif room in GROUND_FLOOR:
        allowed = GROUND_FLOOR
    else:
        allowed = MAY_IMPORT[room] | GROUND_FLOOR | {room}
    assert imported(path) & OURS <= allowed


@pytest.mark.parametrize("library", ROOMS_OF)
def test_heavy_libraries_stay_in_their_rooms(library):
    importers = {str(path.relative_to(ROOT)) for path in sources() if library in imported(path)}
    assert all(importer.startswith(tuple(ROOMS_OF[library])) for importer in importers)


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import runner", {"pandas", "numpy", "backtrader", "tensorflow", "matplotlib", "rich"}),
        ("import feeds", {"yfinance", "matplotlib", "arch", "tensorflow", "backtrader"}),
        ("import predictors; predictors.find_predictors()", {"tensorflow", "keras"}),
        ("import backtest, strategies.variants as v; v.find_strategies()", {"tensorflow", "keras", "quantstats"}),
        ("import regimes.markov, backtest, stages", {"statsmodels"}),
        ("import reports, reports.terminal", {"tensorflow", "quantstats", "matplotlib", "backtrader"}),
    ],
)
def test_importing_a_room_loads_no_more_than_it_needs(statement, absent):
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not absent & set(loaded.stdout.split())
