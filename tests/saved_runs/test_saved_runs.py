"""Run folders are listed and compared, and one that is not whole is named."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backtrader_walkforward.cli.main import main
from backtrader_walkforward.saved_runs.folders import run_folders
from backtrader_walkforward.saved_runs.reading import read_run

QUICK = [
    "--source",
    "sample",
    "--tearsheets",
    "none",
    "--null-models",
    "0",
    "--workers",
    "1",
    "--strategies",
    "kelly",
    "--hybrids",
    "30",
]
RUNS = [
    ["--predictor", "ridge"],
    ["--predictor", "mean", "--threshold", "0"],
    ["--predictor", "mean", "--ticker", "^IXIC", "--end", "2015-06-30"],
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with three runs of two tickers."""
    out, cache = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("cache")
    for one in RUNS:
        assert main([*QUICK, *one, "--out", str(out), "--cache-dir", str(cache)]) == 0
    return out


@pytest.fixture
def out(made, tmp_path):
    """A copy of it that a test may damage."""
    return shutil.copytree(made, tmp_path / "out")


@pytest.fixture
def newest_first(out):
    return run_folders(out)


def results(folder):
    return json.loads((folder / "results.json").read_text())


def test_runs_are_listed_with_their_headlines_the_newest_first(out, newest_first, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["runs", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^\S*runs/(\S+)$", printed, re.MULTILINE) == [folder.name for folder in newest_first]
    assert newest_first[0].name.startswith("^IXIC_")
    assert results(newest_first[0])["best"] == "kelly_hybrid_70_30"
    assert "  ^IXIC, 2014-11-20 to 2015-06-30: No evidence of skill\n" in printed
    assert "  best Kelly hybrid 70/30, Sharpe ratio " in printed


def test_without_runs_it_says_where_it_looked(tmp_path, capsys):
    assert main(["runs", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(f"there are no runs in {tmp_path}/runs - make one")


def test_the_folder_of_an_audit_is_no_run(tmp_path, capsys):
    (tmp_path / "runs" / "SPY_audit").mkdir(parents=True)
    assert main(["runs", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(f"there are no runs in {tmp_path}/runs - make one")


def test_a_run_that_is_not_there_where_there_are_none(tmp_path, capsys):
    assert main(["compare", "nope", "nope2", "--out", str(tmp_path)]) == 2
    said = f"there is no run 'nope' here or in {tmp_path}/runs - there are no runs yet\n"
    assert capsys.readouterr().err.endswith(said)


def test_programs_read_the_list_and_the_comparison_as_json(out, newest_first, capsys):
    (newest_first[0] / "results.json").unlink()
    assert main(["runs", "--json", "--out", str(out)]) == 0
    broken, whole, _ = json.loads(capsys.readouterr().out)["runs"]
    assert "not a whole run" in broken["fault"]
    assert whole["best"]["sharpe"] == results(newest_first[1])["strategies"][0]["sharpe"]
    assert main(["compare", "--json", newest_first[2].name, newest_first[1].name, "--out", str(out)]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert compared["differing_settings"] == {"predictor": ["ridge", "mean"], "threshold": ["0.001", "0"]}
    assert [run["folder"] for run in compared["runs"]] == [str(newest_first[2]), str(newest_first[1])]
    assert len(compared["cautions"]) == 1


def test_what_is_read_is_what_was_written(newest_first):
    for folder in newest_first:
        run, entry = read_run(folder), results(folder)
        assert run.best.sharpe == entry["strategies"][0]["sharpe"]
        assert run.equity["best"].iloc[-1] == entry["strategies"][0]["final_value"]
        assert run.equity["benchmark"].iloc[-1] == entry["benchmark"]["final_value"]


def compared(capsys, out, *folders):
    """Compare runs; return what is printed, and the page."""
    assert main(["compare", *map(str, folders), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    place = Path(printed.splitlines()[-1].removeprefix("Report: "))
    return printed, place.read_text(), place


def test_two_runs_of_the_same_days_differ_in_their_settings_alone(out, newest_first, capsys):
    _, second, first = newest_first
    printed, page, place = compared(capsys, out, first.name, second.name)
    settings = printed.partition("Setting")[2].partition("Caution")[0]
    assert re.findall(r"^(\w+) +(\S+) +(\S+)$", settings, re.MULTILINE) == [
        ("predictor", "ridge", "mean"),
        ("threshold", "0.001", "0"),
    ]
    for folder in (first, second):
        sharpe = f"{results(folder)['strategies'][0]['sharpe']:.2f}"
        assert sharpe in printed
        assert sharpe in page
        assert f'href="../{folder.name}/' in page
    assert "different" not in printed.partition("Caution")[2]
    assert "Who picks the best of several runs picks luck, too." in page
    assert place.parent.name.startswith("COMPARE_")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count("<polyline") == 4
    assert place.parent not in run_folders(out)


def test_other_tickers_and_days_are_compared_with_caution(out, newest_first, capsys):
    printed, page, _ = compared(capsys, out, newest_first[0], newest_first[2])
    for text in ("The runs have different tickers.", "The runs were tested on different days."):
        assert f"Caution: {text}" in printed
        assert text in page


def test_a_comparison_fits_80_columns(out, newest_first, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    printed = compared(capsys, out, *[folder.name for folder in newest_first])[0]
    assert max(len(line) for line in printed.splitlines()[:-1]) <= 80


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "results.json").unlink(), "not a whole run, as it has no results.json"),
        (lambda folder: (folder / "results.json").write_text('{"ticker": '), "results.json is damaged"),
        (lambda folder: (folder / "results.json").write_text("[]"), "results.json is damaged"),
        (lambda folder: (folder / "results.json").write_text('{"test": 3}'), "results.json is damaged"),
    ],
)
def test_a_broken_run_is_named(out, newest_first, capsys, damage, said):
    broken, whole, _ = newest_first
    damage(broken)
    assert main(["runs", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert f"{broken}\n  {said}" in printed
    assert printed.count("No evidence of skill") == 2
    assert main(["compare", broken.name, whole.name, "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith(f"runner.py: {broken}: {said}")
    assert not list(out.glob("runs/COMPARE_*"))


def test_a_run_without_its_curves_is_named(out, newest_first, capsys):
    broken, whole, _ = newest_first
    (broken / "equity.csv").write_text("date\n")
    assert main(["compare", broken.name, whole.name, "--out", str(out)]) == 1
    assert f"{broken}/equity.csv is damaged or not there" in capsys.readouterr().err


def test_names_of_a_strange_run_stay_text(out, newest_first, capsys):
    strange, whole, _ = newest_first
    entry = results(strange)
    entry["ticker"] = "<script>alert(1)</script>"
    (strange / "results.json").write_text(json.dumps(entry))
    _, page, _ = compared(capsys, out, strange.name, whole.name)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_nothing_heavier_than_pandas_is_loaded(out):
    code = "import sys; from backtrader_walkforward.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    line = [sys.executable, "-c", code, "runs", "--out", out]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert not {"tensorflow", "quantstats", "matplotlib"} & set(done.stdout.splitlines()[-1].split())


def test_a_run_in_which_nothing_traded_has_no_best(out, newest_first, capsys):
    """All of its variants have a Sharpe ratio, and none has a rank."""
    entry = results(newest_first[0]) | {"best": None}
    (newest_first[0] / "results.json").write_text(json.dumps(entry))
    sharpe = entry["benchmark"]["sharpe"]
    assert main(["runs", "--out", str(out)]) == 0
    assert f"\n  no account has a rank (Buy & hold {sharpe:.2f})\n" in capsys.readouterr().out
    assert read_run(newest_first[0]).entry["best"] is None
    assert main(["compare", *map(str, newest_first[:2]), "--out", str(out)]) == 0
    assert re.search(r"A +none +- +- +- ", capsys.readouterr().out)
