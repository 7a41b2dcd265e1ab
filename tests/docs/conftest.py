"""Copies of the project, for commands of the documentation that change it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from docs.tools import running


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """Make a copy of the project with plug-in files by path: `checkout({"strategies/mine.py": text})`."""

    def checkout(plugins: Mapping[str, str]) -> Path:
        return running.checkout(tmp_path_factory.mktemp("docs") / "project", plugins)

    return checkout
