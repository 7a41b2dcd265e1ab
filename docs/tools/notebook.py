"""Writes the output of the notebook anew: `python -m docs.tools.notebook`."""

from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

from docs.tools.pages import ROOT
from docs.tools.running import private_folders

QUICKSTART = ROOT / "examples" / "quickstart.ipynb"


def executed(path: Path, folder: Path) -> NotebookNode:
    """Return a notebook with the output of its cells, run at the root of the project; its sockets lie in a folder."""
    notebook = nbformat.read(path, as_version=4)
    here = {"metadata": {"path": str(ROOT)}}
    sockets = Config(KernelManager={"transport": "ipc", "ip": str(folder / "kernel")})
    return NotebookClient(notebook, config=sockets, timeout=300, record_timing=False, resources=here).execute()


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        private_folders(Path(temporary))
        nbformat.write(executed(QUICKSTART, Path(temporary)), QUICKSTART)
