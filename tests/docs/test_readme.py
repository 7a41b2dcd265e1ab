"""What the README says is so: its commands parse, its code runs, its options are all there are."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backtrader_walkforward.cli.arguments import make_parser, parse_arguments
from backtrader_walkforward.trading.variants import find_strategies

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
STRATEGY, CEREBRO = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def commands():
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_its_runner_commands_parse():
    found = re.findall(r"runner\.py((?: [^`\n]*)?)", "\n".join(commands()))
    found += re.findall(r'ARGS="([^"]*)"', README)
    assert len(found) >= 2
    for arguments in found:
        parse_arguments(shlex.split(arguments))


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("command", [line for line in commands() if line.startswith("make ")])
def test_its_make_commands_exist_and_do_what_it_says(command):
    target = shlex.split(command)[1]
    planned = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    expected = {"run": "runner.py", "test": "pytest", "check": "mypy", "benchmark": "benchmarks"}[target]
    assert expected in planned


def test_its_plain_commands_name_files_that_are_there():
    for name in re.findall(r"requirements[\w.-]*\.(?:lock|txt)", README):
        assert (ROOT / name).is_file()


def test_its_cerebro_runs():
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", CEREBRO], cwd=ROOT, capture_output=True, text=True, check=True
    )
    total_return, accounts = ran.stdout.splitlines()
    assert -0.1 < float(total_return) < 0.1
    assert re.fullmatch(r"\{'active': [\d.]+, 'passive': [\d.]+\}", accounts)
    assert ran.stderr == ""


def test_its_strategy_dropped_in_is_ranked_with_its_hybrids(tmp_path):
    tree = tmp_path / "clone"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "charts")
    shutil.copytree(ROOT, tree, ignore=ignored)
    (tree / "strategies" / "capped_kelly.py").write_text(STRATEGY)
    assert len(STRATEGY.splitlines()) <= 15
    command = [sys.executable, "runner.py", "--source", "sample", "--predictor", "ridge", "--tearsheets", "none"]
    subprocess.run([*command, "--workers", "1", "--no-cache"], cwd=tree, capture_output=True, text=True, check=True)
    [path] = tree.glob("runs/*/results.json")
    names = [strategy["name"] for strategy in json.loads(path.read_text())["strategies"]]
    capped = {"capped_kelly", *(f"capped_kelly_hybrid_{split}" for split in ("70_30", "50_50", "30_70"))}
    assert len(names) == 4 * (len(find_strategies()) + 1)
    assert capped <= set(names)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_its_first_command_runs_as_it_stands(tmp_path):
    """The default job, the full network included."""
    command = next(line for line in commands() if "runner.py" in line)
    arguments = shlex.split(command)[1:]
    tree = tmp_path / "clone"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "charts"))
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    [path] = tree.glob("runs/SPY_*/results.json")
    results = json.loads(path.read_text())
    assert results["settings"]["predictor"] == "lstm"
    assert len(results["strategies"]) == len(list(path.parent.glob("tearsheets/*.html"))) == 4 * len(find_strategies())
    assert results["forecast"]["rmse"] < 1.1 * results["forecast"]["naive_rmse"]
    assert len(list(tree.glob("charts/SPY_*.png"))) == 1


def test_its_options_are_all_there_are():
    section = README.partition("<!-- options -->")[2].partition("<!-- /options -->")[0]
    options = {name for action in make_parser()._actions for name in action.option_strings if name.startswith("--")}
    assert set(re.findall(r"`(--[a-z-]+)", section)) == options - {"--help"}
    for action in make_parser()._actions[1:]:
        typed = " ".join(filter(None, (action.option_strings[-1], action.metavar))).replace("|", r"\|")
        default = f" {action.default:g} " if isinstance(action.default, int | float) and action.nargs != 0 else " "
        if action.dest != "workers":
            assert f"| `{typed}` | {action.help.replace('%%', '%')} |{default}" in section


def test_its_table_is_that_of_a_real_run():
    shown = README.partition("<!-- run -->")[2].partition("<!-- /run -->")[0]
    assert len(re.findall(r"^\w+ +(?:Pure|\d\d/\d\d split) ", shown, re.MULTILINE)) == 20
    assert "*BEST*" in shown
    assert "bundled sample: S&P 500 index ^GSPC, standing in for SPY" in shown
    assert (ROOT / "docs" / "chart.png").is_file()
