"""Copies of the project, for commands of the documentation that change it."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

IGNORED = shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "charts", "signals")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """Make a copy of the project: `checkout("name")`."""

    def checkout(name: str) -> Path:
        tree = tmp_path_factory.mktemp("docs") / name
        shutil.copytree(ROOT, tree, ignore=IGNORED)
        return tree

    return checkout


@pytest.fixture(scope="session")
def bash():
    """Run lines of a page in a folder, as they stand there, and return what they print: `bash(folder, line, ...)`."""

    def bash(folder: Path, *lines: str) -> str:
        script = "\n".join([f'python() {{ {shlex.quote(sys.executable)} "$@"; }}', *lines])
        ran = subprocess.run(["bash", "-ec", script], cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return bash
