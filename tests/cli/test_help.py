"""The help fits a screen, with each option and its default."""

import re
from dataclasses import fields

import pytest

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.cli.help import help_text, term_of
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.cli.options_page import options_page
from backtrader_walkforward.settings.field import option_of, rule_of
from backtrader_walkforward.settings.settings import FIELDS
from tests.test_layout import ROOT


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
@pytest.mark.parametrize("columns", ["80", "100"])
def test_it_fits_a_screen(command, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    lines = help_text(command).splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= int(columns)
    shown = [option_of(one) for one in command.settings.values() if not rule_of(one).hidden]
    text = " ".join(f"{line} " for line in lines)
    assert [option for option in shown if len(re.findall(rf"(?<=[ ,] ){option}[ ,]", text)) != 1] == []


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_the_whole_help_has_every_option_with_all_its_sentences(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = help_text(command, whole=True).splitlines()
    assert max(map(len, lines)) <= 80
    terms = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    positional = {term_of(one).split()[0] for one in fields(command.own) if rule_of(one).positional}
    offered = [option for option in command.offered if option.startswith("--")]
    assert sorted(terms) == sorted([*offered, *positional])
    text = " ".join(" ".join(lines).split())
    assert [
        one.name for one in command.settings.values() if rule_of(one).help not in text and not rule_of(one).hidden
    ] == []


def test_the_whole_help_of_a_run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["run", "--help-all"])
    printed = capsys.readouterr().out
    assert printed.startswith("usage: runner.py run [options]    (defaults are in [brackets])\nForecast a ticker, ")
    assert (
        """\
  --target NAME [traded]
      Target of the training: return, price or traded. 'return' is the return to
      the next close, 'price' that close, and 'traded' the return between the
      fills: from the next open to the open after it. 'price' needs --inputs
      raw.
  --lookback DAYS [60]
      Trading days in a window of features. From 1 to 1,000.
"""
        in printed
    )


def test_the_whole_help_names_all_commands(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help-all"])
    printed = capsys.readouterr().out
    assert "\ncommands: (the default is run)\n  run " in printed
    assert "\nOptions of run:\n  --settings FILE\n      Run the settings.toml of an earlier run again.\n" in printed


@pytest.mark.parametrize("columns", [20, 80, 100, 200])
def test_lines_are_as_wide_as_the_screen(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    widest = max(map(len, help_text(COMMANDS["run"], overview=True).splitlines()))
    assert widest <= min(max(columns, 80), 100)


def test_every_line_is_a_sentence():
    for one in FIELDS.values():
        rule = rule_of(one)
        assert rule.help.endswith(".")
        assert rule.help[0].isupper()
        assert "%" not in rule.help or "3%" in rule.help or "2%" in rule.help
        assert not rule.details or rule.details.endswith(".")


def test_the_help_of_cache(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        main(["cache", "--help"])
    assert (
        capsys.readouterr().out
        == """\
usage: runner.py cache show|prune [options]
Show what the caches hold, or delete old entries.
  show|prune               Show the entries, or delete unused ones. [show]
machine:
  --cache-dir DIR          Folder of all that is stored. [the user's own]
--help-all explains every option. Each command has it, --version and --debug.
"""
    )


def test_without_a_command_all_commands_are_listed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert "  paper-report             Compare the paper accounts with a backtest of the same days.\n" in printed
    assert "  --period LENGTH          Length of the history: 2y, 6mo, or days. [730]\n" in printed
    assert "training: How the forecast is trained.\n  --ensemble N [1], --timeframes NAME,... [daily], " in printed
    assert "  --no-short               Hold cash where a target weight is below 0.\n" in printed


def test_the_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"backtrader-walkforward {__version__}\n"


def test_the_page_of_options_is_that_of_the_settings():
    """To write it: `python -m backtrader_walkforward.cli.options_page > docs/reference/options.md`."""
    assert (ROOT / "docs" / "reference" / "options.md").read_text() == options_page()
