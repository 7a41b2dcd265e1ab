"""Output on the pages is that of the commands above it."""

import os
import shutil
from functools import partial

import pytest

from backtrader_walkforward import analyzers, predictors, strategies
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.plugins import plugin_folders
from docs.tools.pages import PAGES, ROOT, plugins_used, quickly, shown
from docs.tools.running import bash
from docs.tools.shown_output import refreshed
from tests import forked_runs
from tests.docs.showing import assert_shows

pytestmark = pytest.mark.slow

PARTS = [(page, part) for page in PAGES for part in shown(page) if part.language == "console"]
CHANGING = [(page, part) for page, part in PARTS if part.changes_files or plugins_used(page)]


@pytest.mark.parametrize("page", sorted({page for page, part in PARTS if (page, part) not in CHANGING}))
def test_a_page_shows_the_output_of_its_commands(page, tmp_path, monkeypatch, capsys):
    """All commands of a page share accounts and trials, as they do for somebody who follows it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for part in shown(page):
        if (page, part) in PARTS and (page, part) not in CHANGING:
            assert [main(quickly(command)) for command in part.commands] == [0] * len(part.commands)
            assert_shows(part.output, capsys.readouterr().out)


@pytest.mark.parametrize(("page", "part"), CHANGING, ids=[page for page, _ in CHANGING])
def test_commands_with_files_print_what_is_shown(page, part, tmp_path):
    """In a folder of a user's own; that a checkout takes plug-ins is what the run of all in `test_code.py` shows."""
    folder = tmp_path / "own"
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "strategies").mkdir()
    for path, body in plugins_used(page).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(body)
    *others, last = part.commands
    bash(folder, *others)
    words = quickly(last)
    command = words.pop(0) if words[0] in COMMANDS else "run"
    began = forked_runs.start(tmp_path, *words, command=command, quick="", prepare=partial(use_plugins_of, folder))
    code, errors = forked_runs.finish(began, tmp_path, seconds=300)
    assert code == (1 if part.fails else 0), errors
    assert_shows(part.output, errors if part.fails else (tmp_path / "printed.txt").read_text())


def use_plugins_of(folder):
    """Let the plug-ins be those of the package and of a folder, which becomes the working folder."""
    os.environ.pop("COLUMNS", None)  # GNU readline, once imported, gives every child the width of the screen
    os.chdir(folder)
    for package in (strategies, predictors, analyzers):
        package.__path__[:] = plugin_folders(package.__file__)


def test_a_part_is_refreshed_by_the_lines_that_are_most_like_it():
    old = "Return 1.00%\n...\nkelly   2\n"
    assert refreshed(old, "Prices\nReturn 3.50%\nRisk\nbinary  4\nkelly   5\n") == "Return 3.50%\n...\nkelly   5\n"


def test_a_long_line_is_refreshed_as_one_and_wrapped():
    words = [f"word{number}" for number in range(30)]
    old = " ".join(words[:15]) + "\n" + " ".join(words[15:]) + "\n"
    first, second = refreshed(old, f"Before\n{' '.join(words)}\nAfter it\n").splitlines()
    assert f"{first} {second}" == " ".join(words)
    assert len(first) <= 120
