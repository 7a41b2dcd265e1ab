"""The command, as a user types it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.evaluation import measure_performance
from backtrader_walkforward.reports.data_files import csv_tables, results_json, to_csv
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.reports.terminal_summary import print_summary
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.study import run_study
from backtrader_walkforward.study.terminal_progress import TerminalProgress
from backtrader_walkforward.trading.variants import find_strategies

ROOT = Path(__file__).parents[2]
QUICK = ["--source", "sample", "--predictor", "ridge", "--null-models", "0"]


TWO_STRATEGIES = [*QUICK, "--strategies", "kelly,binary", "--hybrids", "50", "--null-models", "3", "--no-cache"]
EVERY_STRATEGY = ["--strategies", ",".join(find_strategies())]
SMALL = [*QUICK, "--strategies", "kelly,binary", "--hybrids", "50", "--tearsheets", "none", "--workers", "1"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A cache folder of the tests' own."""
    return tmp_path_factory.mktemp("cache")


def command(*arguments, hash_seed="random"):
    """Run `python runner.py` with `arguments` in a process of its own."""
    line = [sys.executable, ROOT / "runner.py", *map(str, arguments)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """One whole run of two strategies, and its output on the terminal."""
    out, cache = tmp_path_factory.mktemp("ran"), tmp_path_factory.mktemp("its_cache")
    done = command(*TWO_STRATEGIES, "--details", "--workers", 2, "--out", out, "--cache-dir", cache, hash_seed="1")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return out, done.stdout


@pytest.fixture(scope="module")
def folder(ran):
    [folder] = (ran[0] / "runs").iterdir()
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return json.loads((folder / "results.json").read_text())


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """The same run by one process that prints little, and its output; text is hashed with another seed."""
    out, cache = tmp_path_factory.mktemp("quiet"), tmp_path_factory.mktemp("its_cache")
    done = command(*TWO_STRATEGIES, "--quiet", "--workers", 1, "--out", out, "--cache-dir", cache, hash_seed="2")
    assert (done.returncode, done.stderr) == (0, "")
    return out, done.stdout


@pytest.fixture
def run_here(tmp_path, capsys, cache):
    """Run two strategies in this process without tear sheets; return exit code, results and what was printed."""

    def run_here(*arguments):
        places = ["--cache-dir", str(cache), "--out", str(tmp_path)]
        exit_code = main([*SMALL, "--details", *places, *map(str, arguments)])
        results = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("runs/*/results.json"))]
        return exit_code, results[-1] if results else None, capsys.readouterr()

    return run_here


@pytest.fixture
def study_here(capsys, cache):
    """Do as `run_here`, but write no files; return results, the texts of the tables, and what was printed."""

    def study_here(*arguments):
        terminal = Terminal(details=True)
        settings = parse_arguments([*SMALL, "--cache-dir", str(cache), *map(str, arguments)]).settings
        with TerminalProgress(terminal) as progress:
            result = run_study(settings, None, progress)
        print_summary(terminal, result)
        sections = sections_of(result)
        tables = {name: to_csv(table) for name, table in csv_tables(result, sections).items()}
        return json.loads(results_json(result, sections)), tables, capsys.readouterr()

    return study_here


def table(folder, name):
    return pd.read_csv(folder / name, parse_dates=["date"])


def test_all_files_are_there(ran, folder):
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    variants = [f"{strategy}{split}" for strategy in ("binary", "kelly") for split in ("", "_hybrid_50_50")]
    assert names == {
        *("results.json", "summary.csv", "equity.csv", "weights.csv", "forecasts.csv", "fills.csv", "trades.csv"),
        *("index.html", "report.html", "settings.toml"),
        *(f"tearsheets/{variant}.html" for variant in variants),
    }
    [chart] = (ran[0] / "charts").iterdir()
    assert re.fullmatch(r"SPY_(binary|kelly)(_hybrid_\d\d_\d\d)?_\d{8}_\d{6}\.png", chart.name)
    assert folder.name == re.sub(r"_(binary|kelly).*?(?=_\d{8})", "", chart.stem)
    assert sorted(path.name for path in ran[0].iterdir()) == ["charts", "runs"]


def test_results_name_what_was_run(results):
    assert (results["schema_version"], results["package_version"]) == (2, __version__)
    assert results["ticker"] == "SPY"
    assert results["source"] == "bundled sample: S&P 500 index ^GSPC, standing in for SPY"
    assert (results["first_date"], results["last_date"]) == ("2016-11-14", "2018-12-31")
    assert results["seed"] == 7
    assert re.fullmatch(r"[0-9a-f]{64}", results["data_sha256"])
    assert results["settings"]["predictor"] == "ridge"
    assert not {"out", "workers", "cache_dir", "csv"} & set(results["settings"])
    assert results["forecast"]["train_sequences"] == [290, 60, 31]
    assert results["forecast"]["test_sequences"] == [151, 60, 31]
    assert results["best"] == results["strategies"][0]["name"]


def test_ranking_is_by_sharpe_with_undefined_last(results):
    sharpes = [strategy["sharpe"] for strategy in results["strategies"]]
    defined = [sharpe for sharpe in sharpes if sharpe is not None]
    assert defined == sorted(defined, reverse=True)
    assert sharpes[len(defined) :] == [None] * (len(sharpes) - len(defined))


def test_table_results_and_a_recomputation_from_equity_agree(folder, results):
    equity = table(folder, "equity.csv").set_index("date")
    summary = pd.read_csv(folder / "summary.csv").set_index("name")
    for strategy in [*results["strategies"], results["benchmark"]]:
        for measure, value in measure_performance(equity[strategy["name"]]).items():
            assert strategy[measure] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-12))
            if strategy["name"] in summary.index and value is not None:
                assert summary.loc[strategy["name"], measure] == pytest.approx(value, rel=1e-9, abs=1e-12)
        beats = strategy["total_return"] > results["benchmark"]["total_return"]
        assert strategy.get("beats_benchmark", False) == beats


def test_equity_follows_from_orders_and_closes_alone(folder):
    equity, fills = table(folder, "equity.csv").set_index("date"), table(folder, "fills.csv")
    close = table(folder, "forecasts.csv").set_index("date")["close"]
    for name in [column for column in equity if "/" not in column]:
        own = fills[fills["strategy"] == name]
        paid = (own["size"] * own["price"] + own["commission"]).groupby(own["date"]).sum()
        shares = own.groupby("date")["size"].sum()
        cash = 100_000 - paid.reindex(close.index, fill_value=0.0).cumsum()
        value = shares.reindex(close.index, fill_value=0.0).cumsum() * close
        np.testing.assert_allclose(equity[name], cash + value, rtol=1e-9)


def test_variants_are_the_sums_of_their_accounts(folder):
    equity = table(folder, "equity.csv").set_index("date")
    for name in [column for column in equity if "/" not in column and column != "buy_and_hold"]:
        accounts = [column for column in equity if column.startswith(f"{name}/")]
        np.testing.assert_allclose(equity[name], equity[accounts].sum(axis=1), rtol=1e-12)


def test_the_last_forecast_is_for_the_next_session(folder, results):
    latest = table(folder, "forecasts.csv").iloc[-1]
    following = results["forecast"]["next_session"]
    assert following["forecast_date"] == results["last_date"] == f"{latest['date']:%Y-%m-%d}"
    assert following["predicted_close"] == latest["predicted_close"]


def test_the_terminal_tells_the_run(ran, results):
    printed = ran[1]
    for words in (
        "Training sequences: (290, 60, 31), which are sequences x days x indicators",
        "Test sequences: (151, 60, 31)",
        "RMSE of the return:",
        "R2 against training mean, naive:",
        "bundled sample: S&P 500 index ^GSPC, standing in for SPY",
        "Buy & hold (benchmark)",
        "100% Long",
        f"HIGHEST SHARPE RATIO, NO CLOSED TRADE: {name_text(results['best']).upper()}",
        results["significance"]["headline"],
        *results["significance"]["verdict"].splitlines()[1:],
    ):
        assert words in printed
    assert "\x1b" not in printed
    for strategy in results["strategies"]:
        assert re.search(rf"^{re.escape(name_text(strategy['name']))} +(Pure|\d\d/\d\d split) ", printed, re.MULTILINE)


def test_every_output_says_which_data_it_shows(ran, folder):
    for page in [folder / "index.html", *(folder / "tearsheets").iterdir()]:
        assert "bundled sample: S&amp;P 500 index ^GSPC, standing in for SPY" in page.read_text()


@pytest.mark.slow
def test_a_second_run_with_other_workers_leaves_the_same_bytes(ran, quiet):
    """Text is hashed with another seed in each process, so that no order of a set can hide."""
    assert bytes_in(quiet[0]) == bytes_in(ran[0])


def bytes_in(folder):
    """Return the bytes of each file by its path, without the moment of the run."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {re.sub(r"_\d{8}_\d{6}", "", str(path.relative_to(folder))): path.read_bytes() for path in files}


def test_quiet_prints_the_result_alone(quiet):
    printed = quiet[1]
    assert "Training sequences" not in printed
    assert printed.startswith("\nNo evidence of skill\n")
    assert "HIGHEST SHARPE RATIO, NO CLOSED TRADE" in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ["--period", 365, *EVERY_STRATEGY],
        ["--period", 2500],
        ["--ticker", "^IXIC"],
        ["--ticker", "GOOG", "--period", 1000],
        ["--whole-shares", *EVERY_STRATEGY],
        ["--fill", "close", *EVERY_STRATEGY],
        ["--no-short", *EVERY_STRATEGY],
        ["--target", "price", "--inputs", "raw"],
        ["--target", "traded"],
        ["--train-with", "^IXIC"],
        ["--predictor", "naive"],
        ["--predictor", "naive", "--target", "price", "--inputs", "raw"],
        ["--predictor", "mean"],
        ["--predictor", "mean", "--target", "price", "--inputs", "raw"],
        ["--lookback", 20, "--retrain-every", 5, "--train-window", 100],
        ["--end", "2009-06-30"],
        ["--capital", 50, *EVERY_STRATEGY],
        ["--threshold", 0, *EVERY_STRATEGY],
    ],
    ids=lambda arguments: " ".join(map(str, arguments)).partition(" --strategies")[0],
)
def test_options(study_here, arguments):
    results, _, printed = study_here(*arguments)
    assert printed.err == ""
    assert len(results["strategies"]) == 2 * (len(find_strategies()) if "--strategies" in arguments else 2)
    assert all(strategy["rejected_orders"] == 0 for strategy in results["strategies"])
    assert all(strategy["bankrupt"] is None for strategy in results["strategies"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--whole-shares", "--fill", "close", "--no-short", "--capital", 50, "--threshold", 0, *EVERY_STRATEGY],
        ["--predictor", "naive", "--target", "price", "--inputs", "raw", "--lookback", 20, "--retrain-every", 5],
        ["--predictor", "mean", "--target", "traded", "--train-with", "^IXIC", "--period", 365],
    ],
    ids=["accounts", "forecast of the price", "forecast of what is traded"],
)
def test_options_together_leave_the_files_of_a_run(run_here, arguments):
    exit_code, results, printed = run_here(*arguments)
    assert (exit_code, printed.err) == (0, "")
    assert len(results["strategies"]) == 2 * (len(find_strategies()) if "--strategies" in arguments else 2)


def test_other_seeds_are_tried_beside_the_first(study_here, tmp_path):
    own = ["--cache-dir", tmp_path / "cache", "--strategies", "kelly", "--seed", 3]
    results, _, printed = study_here(*own, "--seeds", 2)
    assert list(results["seeds"]["best_by_seed"]) == ["3", "4"]
    assert "With seeds 3 to 4 the best is always" in printed.out
    assert "ridge forecasts the same with any seed: that 2 seeds agree says nothing" in results["notes"]
    alone = study_here(*own)[0]
    assert alone["seeds"] is None
    assert [s["sharpe"] for s in alone["strategies"]] == [s["sharpe"] for s in results["strategies"]]


def test_each_variant_has_its_percentiles_among_the_null_models(ran, results):
    assert results["null_models"]["draws"] == 3
    assert results["null_models"]["always_long"]["total_return"] == pytest.approx(results["benchmark"]["total_return"])
    places = [(s["above_shuffled"], s["above_shifted_positions"]) for s in results["strategies"]]
    assert all(0 <= share <= 1 for place in places for share in place)
    assert "Null models, accounts without information: " in ran[1]


def test_a_file_of_prices_never_seen_here(run_here, tmp_path, sample):
    prices = 0.37 * sample.loc["2002":"2003"]
    prices.rename(columns=str.upper).rename_axis("DATE").to_csv(tmp_path / "acme.csv")
    exit_code, results, _ = run_here("--source", "auto", "--csv", tmp_path / "acme.csv")
    assert exit_code == 0
    assert (results["ticker"], results["source"]) == ("ACME", "CSV file acme.csv")
    assert results["last_date"] == "2003-12-31"


def test_an_ensemble_on_two_time_frames_says_what_it_is(study_here):
    ensemble = ["--predictor", "ridge,mean", "--timeframes", "daily,weekly", "--period", 365]
    results, tables, printed = study_here(*ensemble)
    assert "Features  62 indicators of " in printed.out
    assert "Forecast  mean of ridge, mean, a new fit every 21 days" in printed.out
    assert results["forecast"]["test_sequences"][1:] == results["forecast"]["train_sequences"][1:] == [60, 62]
    assert results["settings"]["timeframes"] == ["daily", "weekly"]
    assert (pd.read_csv(StringIO(tables["forecasts.csv"]))["forecast_spread"] > 0).all()


def test_results_by_regime_and_a_filter_are_told_and_leave_the_rest_as_it_is(study_here):
    own = ["--strategies", "kelly", "--threshold", 0]
    plain, asked, filtered = (
        study_here(*own, *options)
        for options in (
            [],
            ["--regimes", "trend,volatility,markov"],
            ["--regime-filter", "high_volatility=half"],
        )
    )
    assert plain[0]["regimes"] is None
    assert {**asked[0], "regimes": None, "settings": None} == {**plain[0], "settings": None}
    for name in ("equity.csv", "weights.csv", "fills.csv"):
        assert asked[1][name] == plain[1][name]
    assert [part["regime"] for part in asked[0]["regimes"]] == [
        *("uptrend", "downtrend"),
        *("low_volatility", "mid_volatility", "high_volatility"),
        *("calm", "turbulent"),
    ]
    assert "By Markov state, " in asked[2].out
    note = "regime filter: high_volatility halved the weights of active accounts at 93 of 151 closes"
    assert f"  Note: {note}\n" in filtered[2].out
    assert filtered[0]["notes"] == [note]
    assert {part["kind"] for part in filtered[0]["regimes"]} == {"volatility"}
    assert filtered[0]["strategies"] != plain[0]["strategies"]
    assert filtered[0]["benchmark"] == plain[0]["benchmark"]


def test_too_little_history_for_the_months_names_the_rows_needed(run_here):
    exit_code, _, printed = run_here("--timeframes", "daily,monthly", "--end", "2000-12-31")
    assert exit_code == 1
    assert "too few rows of prices: 504 (1999-01-04 to 2000-12-29), 886 are needed - ask for" in printed.err


def test_a_place_that_cannot_be_written_is_found_before_any_work(run_here, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(
        "backtrader_walkforward.study.forecasts.load_prices", lambda *_, **__: pytest.fail("prices were loaded")
    )
    exit_code, _, printed = run_here("--out", tmp_path / "file" / "deeper")
    assert exit_code == 1
    assert "file is not a folder - choose another folder with --out DIR" in printed.err


def test_debug_shows_the_traceback(run_here):
    with pytest.raises(UserError, match="did you mean"):
        run_here("--predictor", "lstn", "--debug")


def test_an_unexpected_error_is_one_line_too(run_here, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.study.stages.compute_features", lambda *_: 1 / 0)
    exit_code, _, printed = run_here()
    assert exit_code == 1
    assert printed.err == (
        "runner.py: unexpected ZeroDivisionError: division by zero - run again with --debug to see where\n"
    )


def test_help_and_mistakes_answer_before_anything_heavy_is_imported():
    code = "import sys; from backtrader_walkforward.cli.main import main; main(['--period', 'x']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"numpy", "pandas", "backtrader", "rich", "tensorflow"} & set(done.stdout.split())
    assert command("--help").stdout.startswith("usage: runner.py")


def in_python(*arguments, **environment):
    """Run Python in the checkout."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ | environment
    )


def test_the_package_is_the_command_too():
    """For whoever has no program on the path."""
    usage = "usage: python -m backtrader_walkforward cache show|prune [options]\n"
    assert in_python("-m", "backtrader_walkforward", "cache", "--help").stdout.startswith(usage)


def test_backtraders_warnings_are_not_told_and_ours_are(tmp_path):
    """Python 3.12 and newer tell of its escape sequences when they compile it, and an installer may not have."""
    warn = "warnings.warn_explicit('invalid escape sequence', SyntaxWarning, '/lib/python3/site-packages/{}/a.py', 1)"
    code = ["import warnings, backtrader_walkforward", warn.format("backtrader"), warn.format("ours")]
    told = in_python("-c", "; ".join([*code, "import backtrader"]), PYTHONPYCACHEPREFIX=str(tmp_path)).stderr
    assert told.strip() == "/lib/python3/site-packages/ours/a.py:1: SyntaxWarning: invalid escape sequence"


def test_a_second_run_finds_its_forecasts_stored(study_here, tmp_path):
    (first, _, _), (second, _, printed) = (study_here("--cache-dir", tmp_path / "cache") for _ in range(2))
    assert "8 of 8 fits were stored by an earlier run" in printed.out
    assert first == second


def test_the_cache_is_shown_and_pruned(study_here, tmp_path, capsys):
    own = ["--cache-dir", str(tmp_path / "cache")]
    assert main(["cache", "show", *own]) == 0
    assert capsys.readouterr().out == "the caches are empty\n"
    study_here(*own)
    assert main(["cache", "show", *own]) == 0
    printed = capsys.readouterr().out
    assert re.match(r"Cache +Entries of +Number +Bytes +Last used\s*\n *-+\s*\n", printed)
    assert re.search(r"^forecasts +ridge +8 +\d,\d{3} +\d{4}-\d\d-\d\d *$", printed, re.MULTILINE)
    assert main(["cache", "prune", *own]) == 0
    assert capsys.readouterr().out.startswith("0 entries deleted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_at_once_and_leaves_nothing(tmp_path, sign):
    """With workers, and an end of its own interpreter; tests/faults interrupts forked runs at each of their stages."""
    arguments = [*QUICK, "--period", "7000", "--retrain-every", "1", "--workers", "2", "--no-cache"]
    process = subprocess.Popen(
        [sys.executable, ROOT / "runner.py", *arguments, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Forecast"):
            break
    time.sleep(1)
    process.send_signal(sign)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "runner.py: interrupted; nothing half-made is left\n"
    assert not (tmp_path / "out").exists()
