"""Every page: its length, its links, its commands."""

import re
import shlex
import shutil
import subprocess

import pytest

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.commands import COMMANDS
from docs.tools.pages import COMMAND, LINK, PAGES, ROOT, anchors, commands, text
from tests.test_vocabulary import WORDS


@pytest.mark.parametrize("page", PAGES)
def test_it_is_short(page):
    assert len(text(page).splitlines()) <= (150 if page == "README.md" else 250)


@pytest.mark.parametrize("page", PAGES)
def test_its_links_lead_somewhere(page):
    for path, anchor in LINK.findall(text(page)):
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), path
        if anchor:
            assert anchor in anchors(target.resolve().relative_to(ROOT).as_posix()), anchor


@pytest.mark.parametrize("page", PAGES)
def test_its_words_are_plain(page):
    assert re.findall(rf"\b(?:{WORDS})s?\b", text(page), re.IGNORECASE) == []


def test_the_design_names_every_folder_and_module_of_the_package():
    package = ROOT / "backtrader_walkforward"
    design = text("docs/explanation/design.md")
    folders = {path.name for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert {name for name in folders - {"strategies", "predictors", "analyzers"} if f"`{name}/`" not in design} == set()
    assert {path.name for path in package.glob("[a-z]*.py") if f"`{path.name}`" not in design} == set()
    named = set(re.findall(r"^\| `(\w+)/`", design, re.MULTILINE)) | set(re.findall(r"`(study/\w+\.py)`", design))
    assert {name for name in named if not (package / name).exists()} == set()


def test_every_page_is_linked_from_the_index():
    index = text("docs/README.md")
    linked = {(ROOT / "docs" / path).resolve() for path, _ in LINK.findall(index)}
    pages = {ROOT / page for page in PAGES if page.startswith("docs/")} - {ROOT / "docs" / "README.md"}
    assert pages - linked == set()


@pytest.mark.parametrize("page", PAGES)
def test_its_commands_parse(page):
    for arguments in COMMAND.findall(text(page)):
        if "--help" not in arguments and "--settings" not in arguments:  # these read a file, or end at once
            parse_arguments(shlex.split(arguments))


def test_commands_are_found():
    found = [arguments for page in PAGES for arguments in COMMAND.findall(text(page))]
    assert len(found) >= 20
    assert {words[0] for arguments in found if (words := arguments.split())} >= set(COMMANDS) - {"run"}


@pytest.mark.parametrize("page", PAGES)
def test_its_options_exist(page):
    options = {option for command in COMMANDS.values() for option in command.options}
    named = {name for name in re.findall(r"`(--[a-z][a-z0-9-]+)", text(page)) if not name.endswith("-")}
    assert named - options == set()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    "command", sorted({line for page in PAGES for line in commands(page) if line.startswith("make ")})
)
def test_its_make_commands_do_what_they_say(command):
    planned = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    expected = {"run": "runner.py", "check": "mypy", "benchmark": "benchmarks", "docs": "mkdocs"}
    expected |= {"test": '-m "not slow"', "test-slow": '-m "slow"'}
    assert expected[shlex.split(command)[1]] in planned


@pytest.mark.parametrize("page", PAGES)
def test_its_benchmarks_and_examples_exist(page):
    for module in re.findall(r"python -m ((?:benchmarks|docs|examples)[\w.]*)", text(page)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


@pytest.mark.parametrize("page", PAGES)
def test_its_requirements_exist(page):
    for name in re.findall(r"requirements[\w./-]*\.(?:lock|txt)", text(page)):
        assert (ROOT / name).is_file(), name
