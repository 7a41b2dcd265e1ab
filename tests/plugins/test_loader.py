"""A plug-in's file that is edited while a run goes on: what runs is what was read once."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.source_content import content_of

NAME = "backtrader_walkforward.strategies.edited_by_a_test"

CODE = """
def weight():
    return {}
"""


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """A plug-in that was edited after it was imported, and its file."""
    file = tmp_path / "edited_by_a_test.py"
    file.write_text(CODE.format(0.25))
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    module = import_module(NAME)
    file.write_text(CODE.format(0.75))
    return module, file


def test_workers_run_what_was_read(edited: tuple) -> None:
    module, file = edited
    with process_pool(2) as executor:
        assert executor.submit(module.weight).result() == 0.25
        file.unlink()
        assert [executor.submit(module.weight).result() for _ in range(4)] == [0.25] * 4


def test_keys_are_made_of_what_was_read(edited: tuple) -> None:
    _, file = edited
    assert content_of(file) == CODE.format(0.25).encode()


def test_no_compiled_file_is_read_or_written(edited: tuple) -> None:
    _, file = edited
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert Path(edited[0].__file__) == file
