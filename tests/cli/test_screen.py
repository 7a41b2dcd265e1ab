"""What a run prints fits 80 columns and one screen; the path of its page stands last."""

import json
import os
import subprocess
import sys
from functools import partial

import pytest

from backtrader_walkforward.cli.main import main
from tests import forked_runs
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
    lines = printed(*MANY.split(), "--strategies", "kelly,proportional", "--details")
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("Kelly") for line in lines) >= 4
    assert any(line.startswith("Null models, accounts without information") for line in lines)
    assert any(line.startswith("  RMSE of the return") for line in lines)


def test_an_error_breaks_between_words_on_a_terminal_alone(monkeypatch, capsys):
    assert main(["--period", "x"]) == 2
    line = capsys.readouterr().err
    reads, writes = os.openpty()
    monkeypatch.setattr("os.get_terminal_size", lambda descriptor: os.terminal_size((40, 24)))
    with os.fdopen(writes, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert main(["--period", "x"]) == 2
        lines = os.read(reads, 1000).decode().splitlines()
    os.close(reads)
    assert line.count("\n") == 1
    assert len(lines) > 1
    assert max(map(len, lines)) <= 40
    assert " ".join(lines) == line.strip()


def command(folder, *options, prepare=None):
    """Run the command in a process of its own; return its exit code, output and errors."""
    code, errors = forked_runs.run(folder, "--strategies", "kelly", "--hybrids", "none", *options, prepare=prepare)
    return code, (folder / "printed.txt").read_text(), errors


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
    small = (
        "--source sample --period 365 --lookback 20 --strategies kelly --hybrids none --tearsheets none --null-models 0"
    )
    line = [sys.executable, ROOT / "runner.py", *small.split(), "--cache-dir", cache, "--predictor", "loud", "--json"]
    done = subprocess.run([*line, "--workers", "2"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [folder] = tmp_path.glob("runs/*")
    assert done.stdout == (folder / "results.json").read_text()
    assert json.loads(done.stdout)["settings"]["predictor"] == "loud"
    assert "LOUD" in done.stderr
    assert "Prices  SPY" in done.stderr


def test_json_of_a_run_that_fails_is_empty(tmp_path):
    code, printed, errors = command(tmp_path, "--json", "--ticker", "AAPL")
    assert (code, printed) == (1, "")
    assert "the bundled sample has no 'AAPL'" in errors


def with_a_browser(folder):
    """Let a script be the only browser, which notes the address that it is to open."""
    browser = folder / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {folder / 'opened'}\n")
    browser.chmod(0o755)
    without_a_browser()
    os.environ["BROWSER"] = f"{browser} %s"


def without_a_browser():
    """Let there be no browser that can be found."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    os.environ["PATH"] = ""


def test_the_page_is_opened_in_the_browser(tmp_path):
    code, printed, errors = command(tmp_path, "--open", prepare=partial(with_a_browser, tmp_path))
    page = printed.splitlines()[-1].removeprefix("Report: ")
    assert (code, errors) == (0, "")
    assert (tmp_path / "opened").read_text().strip() == (tmp_path / page).resolve().as_uri()


def test_without_a_browser_the_path_is_told(tmp_path):
    code, printed, errors = command(tmp_path, "--open", prepare=without_a_browser)
    assert code == 0
    assert f"There is no browser here: open {printed.splitlines()[-1].removeprefix('Report: ')}\n" in errors
