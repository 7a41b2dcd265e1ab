"""A checkout with the plug-ins of the pages and of the examples dropped in, and a run of it."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, plugins

IGNORED = shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "charts", "signals")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """A copy of the project with every plug-in file that the documentation shows."""
    tree = tmp_path_factory.mktemp("docs") / "checkout"
    shutil.copytree(ROOT, tree, ignore=IGNORED)
    for path, body in plugins().items():
        assert not (tree / path).exists()
        (tree / path).write_text(body)
    return tree


@pytest.fixture(scope="session")
def bash(checkout):
    """Run lines of a page in the checkout, as they stand there, and return what they print."""

    def bash(*lines: str) -> str:
        script = "\n".join([f'python() {{ {shlex.quote(sys.executable)} "$@"; }}', *lines])
        ran = subprocess.run(["bash", "-ec", script], cwd=checkout, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return bash
