"""Runs what a page shows, in a folder of its own."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from docs.tools.pages import ROOT, Shown, offline, quickly

NOT_COPIED = {"tests", "runs", "charts", "signals", "site"}
"""Folders at the root that no command needs."""


def checkout(folder: Path, plugins: Mapping[str, str]) -> Path:
    """Make a copy of the project in a new folder, with plug-in files by path, and return it."""
    shutil.copytree(ROOT, folder, ignore=_left_out)
    for path, body in plugins.items():
        (folder / path).write_text(body)
    return folder


def _left_out(folder: str, names: Sequence[str]) -> set[str]:
    """Return which of the names in a folder are not copied."""
    hidden = {name for name in names if name.startswith(".")}
    return hidden | (NOT_COPIED if Path(folder) == ROOT else set())


def bash(folder: Path, *lines: str, fails: bool = False) -> str:
    """Run lines of a page in a folder and return what they print; RuntimeError where they fail."""
    script = "\n".join([f'python() {{ {shlex.quote(sys.executable)} "$@"; }}', *lines])
    # Of this process as Python knows it: GNU readline, once imported, gives every child a width of the screen.
    environment = dict(os.environ)
    ran = subprocess.run(
        ["bash", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if (ran.returncode != 0) != fails:
        raise RuntimeError(f"{lines} ended with {ran.returncode}:\n{ran.stderr}")
    return ran.stderr if fails else ran.stdout


def run_shown(part: Shown, folder: Path) -> str:
    """Run the commands or the program of a page in a copy of the project, and return what the last of them prints."""
    if part.language == "python":
        return bash(folder, shlex.join(["python", "-c", offline(part.code)]))
    *others, last = part.commands
    return bash(folder, *others, shlex.join(["python", "runner.py", *quickly(last)]), fails=part.fails)


def private_folders(folder: Path) -> None:
    """Keep caches, trials and ledgers of all commands from now on in a folder."""
    os.environ |= {"XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache")}
