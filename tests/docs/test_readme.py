"""The first command of the README runs as it stands."""

import json
import os
import shlex
import shutil
import subprocess
import sys

import pytest

from backtrader_walkforward.trading.variants import find_strategies
from tests.docs.conftest import IGNORED
from tests.docs.pages import ROOT, commands


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_its_first_command_runs_as_it_stands(tmp_path):
    """The default run, the full network included, from a clone."""
    command = next(line for line in commands("README.md") if "runner.py" in line)
    tree = tmp_path / "clone"
    shutil.copytree(ROOT, tree, ignore=IGNORED)
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    [path] = tree.glob("runs/*/results.json")
    results = json.loads(path.read_text())
    assert results["settings"]["predictor"] == "lstm"
    assert len(results["strategies"]) == len(list(path.parent.glob("tearsheets/*.html"))) == 4 * len(find_strategies())
    assert results["forecast"]["rmse"] < 1.1 * results["forecast"]["naive_rmse"]
    assert len(list(tree.glob("charts/*.png"))) == 1
