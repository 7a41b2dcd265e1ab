"""`new` writes a plug-in that runs at once, and a test that passes."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.cli.new.names import class_name, is_good
from backtrader_walkforward.cli.new.write import write_new
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.plugins import snake_case
from tests.test_layout import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of a user's own with a plug-in of each kind, each written by the command."""
    folder = tmp_path_factory.mktemp("own")
    for kind in ("strategy", "predictor", "analyzer"):
        assert new(folder, kind, f"my_{kind}").returncode == 0
    return folder


def new(folder, kind, name):
    """Run the command in a folder, in a process of its own: this one shall not know the folder's plug-ins."""
    line = [sys.executable, ROOT / "runner.py", "new", kind, name]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def new_here(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder, in this process; return its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def new_here(kind, name):
        exit_code = main(["new", kind, name])
        return exit_code, capsys.readouterr()

    return new_here


def test_the_files_lie_where_they_belong(folder):
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py")) == [
        "analyzers/my_analyzer.py",
        "predictors/my_predictor.py",
        "strategies/my_strategy.py",
        "tests/analyzers/test_my_analyzer.py",
        "tests/predictors/test_my_predictor.py",
        "tests/strategies/test_my_strategy.py",
    ]


@pytest.mark.slow
def test_the_tests_pass_in_that_folder(folder):
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


@pytest.mark.parametrize("check", [["format", "--check"], ["check", "--select", "E,F,W,B,UP,SIM"]])
def test_the_files_are_clean(folder, check):
    line = [sys.executable, "-m", "ruff", *check, "--config", ROOT / "pyproject.toml", "--no-cache", folder]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_is_overwritten(tmp_path, new_here):
    test = tmp_path / "tests" / "strategies" / "test_mine.py"
    test.parent.mkdir(parents=True)
    test.write_text("mine\n")
    exit_code, printed = new_here("strategy", "mine")
    assert exit_code == 1
    assert "tests/strategies/test_mine.py is there already - choose another name" in printed.err
    assert [path.name for path in tmp_path.rglob("*.py")] == ["test_mine.py"]
    assert test.read_text() == "mine\n"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[("strategy", "none"), ("strategy", "all"), ("predictor", "none"), ("predictor", "all")],
        *[("analyzer", "sharpe"), ("analyzer", "trades"), ("analyzer", "stops"), ("analyzer", "fills")],
    ],
)
def test_a_name_with_a_meaning_is_refused_by_name(tmp_path, new_here, kind, name):
    exit_code, printed = new_here(kind, name)
    assert exit_code == 2
    assert re.search(f"NAME '{name}' .* - for example my_{name}\n", printed.err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("length", "good"), [(32, True), (33, False)])
def test_a_name_has_32_characters_at_most(length, good):
    assert is_good("a" * length) is good


def test_a_metric_of_results_is_a_good_name_of_a_strategy(new_here):
    assert new_here("strategy", "sharpe")[0] == 0


@pytest.mark.parametrize("blocked", ["tests", "tests/strategies"])
def test_no_half_of_a_pair_is_left_where_a_folder_cannot_be_made(tmp_path, new_here, blocked):
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).touch()
    exit_code, printed = new_here("strategy", "mine")
    assert exit_code == 1
    assert "cannot write tests/strategies/test_mine.py: " in printed.err
    assert list(tmp_path.rglob("*.py")) == []


def test_no_half_of_a_pair_is_left_where_the_second_file_cannot_be_written(tmp_path):
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    second.write_text("mine\n")
    with pytest.raises(UserError, match=r"cannot write .*second.py: File exists"):
        write_new({first: "1\n", second: "2\n"})
    assert not first.exists()
    assert second.read_text() == "mine\n"


@pytest.mark.parametrize("kind", ["strategy", "predictor", "analyzer"])
def test_the_lines_to_run_and_to_test_it_can_be_pasted(new_here, kind):
    lines = [line for line in new_here(kind, "mine")[1].out.splitlines() if " it:" in line]
    commands = [line.partition(":")[2].strip() for line in lines]
    assert len(commands) == 2
    for command in commands:
        assert subprocess.run(["sh", "-n", "-c", command], capture_output=True, check=False).returncode == 0
    called, *arguments = shlex.split(commands[0].removeprefix("python "))
    assert called == "runner.py"
    parse_arguments(arguments)


def test_the_line_to_run_it_names_the_script_that_was_called(tmp_path):
    line = f"Run it:  python {ROOT / 'runner.py'} --strategies my_rule"
    assert line in new(tmp_path, "strategy", "my_rule").stdout.splitlines()


@pytest.mark.parametrize("name", ["mine", "capped_kelly", "kelly2x"])
def test_the_class_goes_by_the_name_of_the_file(name):
    assert snake_case(class_name(name)) == name


def test_the_line_of_the_test_finds_the_package_where_it_is_not_installed(tmp_path, monkeypatch, new_here):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("backtrader_walkforward.cli.new.write.distribution", missing)
    _, printed = new_here("strategy", "my_rule")
    line = f"Test it: PYTHONPATH={shlex.quote(str(ROOT))} python -m pytest tests/strategies/test_my_rule.py"
    assert line in printed.out
