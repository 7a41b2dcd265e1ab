"""The command `panel`."""

import pytest

from backtrader_walkforward.cli.main import main
from tests.panel.conftest import QUICK

OPTIONS = [word for name, value in QUICK.items() for word in (f"--{name}", str(value))]


def test_it_prints_the_answer_and_leaves_the_page(prices_folder, tmp_path, capsys):
    (tmp_path / "prices").mkdir()
    for path in prices_folder.iterdir():
        (tmp_path / "prices" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "prices" / "BROKEN.csv").write_text("Date,Close\n2019-01-02,ten\n")
    command = ["panel", "--csv-folder", f"{tmp_path}/prices", *OPTIONS, "--workers", "1"]
    assert main([*command, "--out", str(tmp_path), "--cache-dir", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    [folder] = (tmp_path / "runs").glob("PANEL_*")
    first, estimate, books, *_ = printed.splitlines()
    assert first == "Panel  4 tickers, a model of its own for each"
    assert estimate.startswith("  The run takes ")
    assert books == "Books  all tickers of a day in one account"
    assert printed.count("  BROKEN: BROKEN.csv: line 2") == 1
    assert "Every ticker of this list is known today" in printed
    assert "3 tickers known today (AAA, BBB, CCC) from CSV files, 1 more could not be studied." in printed
    assert f"Report: {folder}/report.html" in printed
    assert {path.name for path in (folder / "tickers").iterdir()} == {"AAA.html", "BBB.html", "CCC.html"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "a panel needs tickers - add --tickers AAPL,MSFT,JPM or --csv-folder DIR"),
        (["--ticker", "SPY"], "audit, signal, paper and paper-report have it; did you mean --tickers?"),
        (["--csv-sha256", "1"], "the command panel has no option --csv-sha256 - the commands run and audit have it\n"),
        (["--tickers", "SPY", "--model", "all"], "--model must be one of own, pooled: 'all'"),
        (["--tickers", "A_A"], "--tickers must be one symbol of up to 15 capital letters"),
    ],
)
def test_a_mistake_is_one_line(arguments, says, capsys):
    assert main(["panel", *arguments]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
