"""The promises of SECURITY.md: names are text everywhere, outputs stay in their folder, no file is unpickled."""

import ast
import csv
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.reports.pages.html import CONTENT_SECURITY_POLICY
from backtrader_walkforward.settings.settings import Settings
from tests.faults.hostile import ATTACKS, SOURCE, hostile_run
from tests.reports.pages import Page
from tests.test_layout import modules

ROOT = Path(__file__).parents[2]

__all__ = ["hostile_run"]


@pytest.fixture(scope="module")
def pages(hostile_run):
    """The pages of the run that have no script."""
    found = sorted(path for path in (hostile_run / "out").rglob("*.html") if path.name != "report.html")
    assert len(found) == 2
    return found


def test_the_report_allows_its_own_scripts_alone_by_their_hashes(hostile_run):
    [path] = (hostile_run / "out").rglob("report.html")
    text = path.read_text()
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    policy = f"{CONTENT_SECURITY_POLICY}; script-src {allowed}"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text.partition("<title>")[0]
    assert set(re.findall(r"<script[^>]*>", text)) <= {"<script>"} | {
        f'<script type="application/json" id="{name}">' for name in ("models", "run", "dark", "trades-data")
    }


def test_outputs_stay_inside_their_folder(hostile_run):
    assert sorted(path.name for path in hostile_run.iterdir()) == sorted([SOURCE, "cache", "out", "strategies"])
    assert [path.name for path in (hostile_run / "out").iterdir()] == ["here"]
    assert sorted(path.name for path in (hostile_run / "out" / "here").iterdir()) == ["charts", "runs"]
    names = [path.name for path in (hostile_run / "out").rglob("*") if path.is_file()]
    assert all(name.replace("_", "").replace("-", "").replace(".", "").replace("=", "").isalnum() for name in names)


def test_names_are_text_in_every_page(pages, hostile_run):
    for path in pages:
        page = Page(path.read_text())
        assert page.outside() == []
        assert page.handlers == []
        assert not {"script", "iframe", "object", "embed", "link"} & set(page.tags)
    index = "".join(Page(pages[0].read_text()).text)
    assert all(name in index for name in (*ATTACKS, SOURCE))


def test_every_page_begins_with_its_policy(pages):
    for path in pages:
        head = path.read_text().partition("<title>")[0]
        assert f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">' in head
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_no_cell_of_a_csv_file_is_a_formula(hostile_run):
    found = set()
    for path in (hostile_run / "out").rglob("*.csv"):
        with path.open(newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        found |= {cell for cell in cells if "cmd|" in cell}
        for cell in cells:
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n"))
            assert not cell.startswith("-") or pd.notna(pd.to_numeric(cell))
    assert {f"'{ATTACKS[3]}", f"'{ATTACKS[3]}_hybrid_70_30"} <= found


def test_names_are_unharmed_for_programs(hostile_run):
    [path] = (hostile_run / "out").rglob("results.json")
    results = json.loads(path.read_text())
    assert set(ATTACKS) < {strategy["name"] for strategy in results["strategies"]}
    assert results["source"] == f"CSV file {SOURCE}"
    assert results["ticker"] == "SCRIPT-DOCUMENT"


@pytest.mark.parametrize("ticker", ["../x", "A/B", "A\\B", "A B", "A,B", "-A", "=A", ".A", "A" * 16, "A%2F", "A#", ""])
def test_no_setting_holds_a_ticker_that_is_not_one_symbol(ticker):
    with pytest.raises(ArgumentError, match="ticker must be one symbol"):
        Settings.of(ticker=ticker)


UNPICKLING = {
    "pickle",
    "_pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "jsonpickle",
    "yaml",
}
EXCHANGING = {
    "system/processes.py": {"pickle"},
    "plugins/portable_tasks.py": {"pickle"},
    "audit/clean_room.py": {"pickle"},
    "audit/cerebro/factory.py": {"cloudpickle"},
    "audit/cerebro/clean_run.py": {"cloudpickle"},
}
"""Files that send pickles from a process to one that it started, or to a cluster that the user names and trusts."""

RUNNING = {"eval", "exec", "compile", "__import__"}
LOADING = {"system", "popen", "read_pickle", "to_pickle", "load_model", "save_model"}


@pytest.mark.parametrize(
    "path", [*modules().values(), ROOT / "runner.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_file_is_unpickled_or_run(path):
    """No file holds a pickle. The processes of one run exchange pickles, through a pipe."""
    unpickling = UNPICKLING.difference(*(own for name, own in EXCHANGING.items() if path.match(name)))
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not {alias.name.partition(".")[0] for alias in node.names} & unpickling
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in unpickling
        elif isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in RUNNING
            assert getattr(node.func, "attr", "") not in LOADING
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert given.get("allow_pickle", "False") == given.get("shell", "False") == "False"


def test_a_link_among_the_leftovers_is_not_followed(tmp_path):
    from backtrader_walkforward.reports.run_folder import remove_dead_folders

    (tmp_path / "runs" / ".making-SPY-dead").mkdir(parents=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / "runs" / ".making-SPY-link").symlink_to(tmp_path / "precious")
    remove_dead_folders(tmp_path / "runs")
    assert (tmp_path / "precious" / "file").exists()
    assert not (tmp_path / "runs" / ".making-SPY-dead").exists()
