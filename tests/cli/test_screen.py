"""What a run prints fits 80 columns and one screen; the path of its page stands last."""

import json
import os
import subprocess
import sys

import pytest

from backtrader_walkforward.cli.main import main
from tests.test_layout import ROOT

QUICK = ["--source", "sample", "--predictor", "ridge", "--null-models", "2", "--tearsheets", "none", "--workers", "1"]
MANY = "--commission-bps 5 --slippage-bps 3 --stop-loss .05 --threshold 0 --regimes trend,volatility --seeds 2"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def printed(cache, tmp_path, monkeypatch, capsys):
    """Run the command with more options in 80 columns; return its lines."""

    def printed(*options):
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.chdir(tmp_path)  # paths are short
        assert main([*QUICK, *options, "--cache-dir", str(cache)]) == 0
        return capsys.readouterr().out.splitlines()

    return printed


@pytest.mark.parametrize(("options", "most"), [("", 48), (MANY, 52)], ids=["default", "many options"])
def test_a_run_is_one_screen(printed, tmp_path, options, most):
    lines = printed(*options.split())
    assert max(map(len, lines)) <= 80
    assert len(lines) <= most
    [folder] = tmp_path.glob("runs/*")
    assert lines[-1] in [f"Report: runs/{folder.name}/{page}" for page in ("report.html", "index.html")]
    assert (tmp_path / lines[-1].removeprefix("Report: ")).exists()


def test_details_print_what_the_screen_leaves_out(printed):
    lines = printed(*MANY.split(), "--details")
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("kelly") for line in lines) >= 4
    assert any(line.startswith("Null models, accounts without information") for line in lines)
    assert any(line.startswith("  RMSE of the return") for line in lines)


def command(cache, folder, *options, **environment):
    """Run the command in a process of its own."""
    line = [sys.executable, ROOT / "runner.py", *QUICK, "--strategies", "kelly", "--cache-dir", cache, *options]
    kept = {name: value for name, value in os.environ.items() if name not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(line, cwd=folder, env=kept | environment, capture_output=True, text=True, check=False)


def test_json_is_all_there_is_on_standard_output(cache, tmp_path):
    """A plug-in that prints, in this process and in workers, prints to standard error."""
    (tmp_path / "predictors").mkdir()
    (tmp_path / "predictors" / "loud.py").write_text(
        "from backtrader_walkforward import Predictor\n"
        "class Loud(Predictor):\n"
        "    is_random = False\n"
        "    def fit(self, windows, target):\n"
        "        print('LOUD', flush=True)\n"
        "        return self\n"
        "    def predict(self, windows):\n"
        "        return windows[:, -1, 0] * 0\n"
    )
    done = command(cache, tmp_path, "--predictor", "loud", "--json", "--workers", "2")
    assert done.returncode == 0, done.stderr
    [folder] = tmp_path.glob("runs/*")
    assert done.stdout == (folder / "results.json").read_text()
    assert json.loads(done.stdout)["settings"]["predictor"] == "loud"
    assert "LOUD" in done.stderr
    assert "Prices  SPY" in done.stderr


def test_json_of_a_run_that_fails_is_empty(cache, tmp_path):
    done = command(cache, tmp_path, "--json", "--ticker", "AAPL")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the bundled sample has no 'AAPL'" in done.stderr


def test_the_page_is_opened_in_the_browser(cache, tmp_path):
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {opened}\n")
    browser.chmod(0o755)
    done = command(cache, tmp_path, "--open", BROWSER=f"{browser} %s")
    page = done.stdout.splitlines()[-1].removeprefix("Report: ")
    assert (done.returncode, done.stderr) == (0, "")
    assert opened.read_text().strip() == (tmp_path / page).resolve().as_uri()


def test_without_a_browser_the_path_is_told(cache, tmp_path):
    done = command(cache, tmp_path, "--open", PATH="")
    assert done.returncode == 0
    assert f"There is no browser here: open {done.stdout.splitlines()[-1].removeprefix('Report: ')}\n" in done.stderr
