"""The notebook runs, and holds the output that it prints."""

from pathlib import Path
from tempfile import gettempdir

import nbformat
import pytest

from docs.tools.notebook import QUICKSTART, executed
from docs.tools.pages import ROOT

pytestmark = pytest.mark.slow


def outputs(notebook):
    """Return the plain text of each output of each code cell."""
    cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return [[output.get("text") or output["data"]["text/plain"] for output in cell] for cell in cells]


def test_its_output_is_that_of_its_code(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert outputs(executed(QUICKSTART, tmp_path)) == outputs(nbformat.read(QUICKSTART, as_version=4))


def test_it_is_small_and_of_no_machine():
    stored = QUICKSTART.read_text()
    assert len(stored) < 20_000
    assert not any(str(place) in stored for place in (Path.home(), gettempdir(), ROOT))
    assert all(cell.outputs for cell in nbformat.read(QUICKSTART, as_version=4).cells[3:] if cell.cell_type == "code")
