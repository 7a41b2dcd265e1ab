"""A strategy that cannot be imported and was not chosen is told, and ends nothing."""

import importlib
import sys

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.live.paper.command import run_paper
from backtrader_walkforward.live.ticket.command import run_signal


@pytest.fixture
def broken(tmp_path, monkeypatch):
    folder = tmp_path / "strategies"
    folder.mkdir()
    (folder / "dropped_bad.py").write_text("import nothing_like_it\n")
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(folder)])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    importlib.invalidate_caches()
    yield "strategies/dropped_bad.py:1 cannot be imported: ModuleNotFoundError"
    sys.modules.pop("backtrader_walkforward.strategies.dropped_bad", None)


@pytest.mark.parametrize("command", [run_signal, run_paper])
def test_it_is_a_note(settings_of, broken, capsys, command):
    command(settings_of())
    assert f"Note: left out: {broken}" in " ".join(capsys.readouterr().out.split())
