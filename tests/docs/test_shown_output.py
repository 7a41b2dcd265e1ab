"""Output on the pages is that of the commands above it."""

import shlex

import pytest

from backtrader_walkforward.cli.main import main
from tests.docs.pages import PAGES, assert_shows, quickly, shown


def needs_a_checkout(commands: list[str]) -> bool:
    """Tell whether commands do more than run the project, as copying a file."""
    return not all(command.startswith("python runner.py") for command in commands)


@pytest.mark.parametrize("page", [page for page in PAGES if shown(page)])
def test_a_page_shows_the_output_of_its_commands(page, tmp_path, monkeypatch, capsys):
    """All commands of a page share accounts and trials, as they do for somebody who follows it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for commands, output in shown(page):
        if not needs_a_checkout(commands):
            assert [main(quickly(command)) for command in commands] == [0] * len(commands)
            assert_shows(output, capsys.readouterr().out)


@pytest.mark.parametrize(
    ("commands", "output"), [part for page in PAGES for part in shown(page) if needs_a_checkout(part.commands)]
)
def test_commands_that_change_the_checkout_print_what_is_shown(commands, output, checkout, bash):
    *others, last = commands
    assert_shows(output, bash(checkout("clone"), *others, shlex.join(["python", "runner.py", *quickly(last)])))
