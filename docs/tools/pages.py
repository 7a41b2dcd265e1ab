"""The pages of the documentation, and what they hold."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backtrader_walkforward.cli.arguments import command_of

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md"))
)

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PLUGIN = re.compile(
    r"^`((?:strategies|predictors|analyzers|backtrader_walkforward/reports/(?:sections|explore/charts))/\w+\.py)`:\n\n"
    r"```python\n(.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
SHOWN = re.compile(r"^```(console|python)\n([^`]*?)^```\n\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
COMMAND = re.compile(r"(?:runner\.py|backtrader-walkforward)((?: [\w^.,=/:@-]+)*)")


QUICK = {"--tearsheets": "none", "--null-models": "0", "--workers": "1"}
"""Options that leave out what the pages do not show."""

SMALL = 'source="sample", null_models=0, tearsheets="none", strategies="kelly"'
OFFLINE = {'wf.run("SPY", period': f'wf.run("SPY", {SMALL}, period'}
"""Programs that ask Yahoo, made to use the sample, and one strategy."""


class Shown(NamedTuple):
    """Commands or a program on a page, and the part of the last one's output that the page shows."""

    language: str
    code: str
    output: str

    @property
    def commands(self) -> list[str]:
        """The lines of the code."""
        return self.code.splitlines()

    @property
    def changes_files(self) -> bool:
        """Whether the commands do more than run the project, as copying a file."""
        return not all(line.startswith("python runner.py") for line in self.commands)

    @property
    def fails(self) -> bool:
        """Whether the page shows an error, which ends the command."""
        return self.output.startswith("runner.py: ")


@cache
def text(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text()


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return [body for found, body in BLOCK.findall(text(page)) if found == language]


def commands(page: str) -> list[str]:
    """Return the lines of the console blocks of a page."""
    return [line for block in blocks(page, "console") for line in block.splitlines()]


def plugins_of(page: str) -> dict[str, str]:
    """Return the plug-in files that a page shows, by path."""
    return dict(PLUGIN.findall(text(page)))


def plugins() -> dict[str, str]:
    """Return the plug-in files that the pages show, by path."""
    return {path: body for page in PAGES for path, body in plugins_of(page).items()}


def table_lines(page: str) -> list[str]:
    """Return the Python blocks of a page that are lines of a table."""
    return [body for body in blocks(page, "python") if body.startswith(" ")]


def programs(page: str) -> list[str]:
    """Return the Python blocks of a page that are neither plug-in files nor lines of a table."""
    return [body for body in blocks(page, "python") if body not in (*plugins().values(), *table_lines(page))]


def plugins_used(page: str) -> dict[str, str]:
    """Return the plug-in files with which a page runs its commands: a tutorial builds on those that it shows."""
    return plugins_of(page) if page.startswith("docs/tutorial/") else {}


def shown(page: str) -> list[Shown]:
    """Return the commands and programs of a page whose output it shows."""
    return [Shown(*found) for found in SHOWN.findall(text(page))]


def offline(program: str) -> str:
    """Return a program that asks no network."""
    for asked, answered in OFFLINE.items():
        program = program.replace(asked, answered)
    return program


def quickly(command: str) -> list[str]:
    """Return the arguments of a `python runner.py` command, with `QUICK` where it has these options."""
    arguments = shlex.split(command)[2:]
    known = command_of(arguments)[0].options
    return arguments + [word for option, value in QUICK.items() if option in known for word in (option, value)]


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    prose = BLOCK.sub("", text(page))
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
