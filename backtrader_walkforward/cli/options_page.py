"""The page of options: `python -m backtrader_walkforward.cli.options_page > docs/reference/options.md`."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.cli.help import meaning_of, term_of
from backtrader_walkforward.settings.field import STUDY_COMMANDS, format_default, rule_of
from backtrader_walkforward.settings.settings import GROUPS

INTRODUCTION = """\
# Options

A command line is a command and its options: `python runner.py audit --period 365`. The command is `run` where none is
named. An installed package has the program `backtrader-walkforward` in place of `python runner.py`. Each command has
`--help`, a screen, `--help-all`, which explains every option, `--version`, and `--debug`, which shows the traceback of
an error.

Each option, except the further ones of a command, is also a keyword argument of `run()` and `Settings.of()` in Python.
Its name there is in the second column. `settings.toml` has the same names, without those that say where and how a run
runs: {unsaved}. Where commas separate names, Python takes a list, too: `predictor=["ridge", "mean"]`.

Each run leaves its settings in `settings.toml` in its folder. `--settings FILE` runs it again, and the files are the
same to the byte. Other options on the command line override the file. If the file `--csv` or the prices have changed,
the run stops and says so.
"""

TABLE = "| Option | Python | Default | Meaning |\n|---|---|---|---|"


def options_page() -> str:
    """Return the page as Markdown: the commands, then the options by group."""
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield INTRODUCTION.format(unsaved=unsaved())
    yield "## Commands\n\n| Command | Purpose |\n|---|---|"
    yield from (f"| `{command.name}` | {command.help} |" for command in COMMANDS.values())
    for command in COMMANDS.values():
        if fields(command.own):
            yield f"\n## Further options of `{command.name}`\n\n{TABLE}"
            yield from map(table_row, fields(command.own))
    for group in GROUPS.values():
        title, _, explanation = str(group.__doc__).partition(": ")
        yield f"\n## {title}\n\n{explanation[0].upper()}{explanation[1:]}\n\n{TABLE}"
        yield from map(table_row, fields(group))


def unsaved() -> str:
    """Return the names of the settings that no settings file has."""
    *names, last = (f"`{one.name}`" for group in GROUPS.values() for one in fields(group) if not rule_of(one).saved)
    return f"{', '.join(names)} and {last}"


def table_row(one: Field[Any]) -> str:
    """Return the row of an option: all sentences on it, and the commands that have it."""
    term, rule = term_of(one).replace("|", "\\|"), rule_of(one)
    default = f"`{format_default(one)}`" if format_default(one) else ""
    meaning = [meaning_of(one)]
    if rule.commands != STUDY_COMMANDS:
        meaning += [f"Commands: {', '.join(f'`{name}`' for name in rule.commands)}."]
    return f"| `{term}` | `{one.name}` | {default} | {' '.join(meaning)} |"


if __name__ == "__main__":
    print(options_page(), end="")
