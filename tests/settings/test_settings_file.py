"""`settings.toml` runs a run again, to the byte; where it cannot, one line says what differs."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.settings.settings import FIELDS, Settings
from backtrader_walkforward.settings.settings_file import read_settings, settings_toml
from backtrader_walkforward.study.chain import run_study
from tests.data.yahoo_server import chart

QUICK = [
    "--predictor",
    "naive",
    "--period",
    "365",
    "--lookback",
    "20",
    "--strategies",
    "binary",
    "--hybrids",
    "30",
    "--tearsheets",
    "none",
]
OTHERS = {
    "ticker": "AAPL",
    "period": 365,
    "end": "2018-06-01",
    "timeframes": "daily,weekly",
    "train_with": "QQQ,DIA",
    "target": "return",
    "units": "32,16",
    "train_window": None,
    "capital": 1e16 / 10,
    "allow_short": False,
    "whole_shares": True,
    "strategies": ["kelly", 'a "b" \\ c\x7f\x1b'],
    "regime_filter": {"downtrend": "out", "calm": "half"},
    "stop_loss": 0.1,
    "seeds": 3,
}
USED = {
    "used_source": "csv",
    "first_day": "2017-01-03",
    "last_day": "2018-05-31",
    "csv_sha256": "c" * 64,
    "prices_sha256": "a" * 64,
    "peers_sha256": "b" * 64,
}


@pytest.fixture
def folder(tmp_path, monkeypatch, sample):
    """A folder to stand in, with a price file."""
    monkeypatch.chdir(tmp_path)
    sample.loc["2002":"2003"].rename_axis("Date").to_csv("acme.csv")
    return tmp_path


def run(*arguments):
    return main([*arguments, "--workers", "1", "--cache-dir", "cache"])


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--source", "sample", "--null-models", "3", "--tearsheets", "best"],
        ["--csv", "acme.csv", "--regime-filter", "downtrend=half", "--null-models", "2"],
    ],
    ids=["sample", "CSV"],
)
def test_a_run_from_its_settings_leaves_the_same_bytes(folder, capsys, arguments):
    assert run(*QUICK, *arguments, "--quiet") == 0
    [first] = (folder / "runs").iterdir()
    assert run("--settings", str(first / "settings.toml"), "--out", "again") == 0
    assert capsys.readouterr().err == ""
    [second] = (folder / "again" / "runs").iterdir()
    assert {"settings.toml", "results.json", "equity.csv", "index.html"} < set(contents(first))
    assert contents(second) == contents(first)


def test_every_saved_setting_comes_back(folder):
    settings = Settings.of(**OTHERS, **USED)
    (folder / "settings.toml").write_text(settings_toml(settings))
    assert read_settings(folder / "settings.toml").settings == settings


def test_the_file_names_the_command_the_version_and_the_digests(folder):
    settings = Settings.of(
        csv="acme.csv", lookback=30, allow_short=False, workers=3, out="there", strategies="a b", **USED
    )
    written = tomllib.loads(settings_toml(settings))
    assert list(written) == ["run", "data", "forecast", "trading", "report"]
    assert written["run"] == {
        "command": f"backtrader-walkforward run --ticker ACME --csv {folder}/acme.csv"
        " --lookback 30 --no-short --strategies 'a b'",
        "version": __version__,
    }
    assert written["data"]["csv"] == str(folder / "acme.csv")
    assert {name: written["data"][name] for name in USED} == USED
    assert written["data"]["end"] == "none"
    assert written["forecast"]["train_window"] == 1260
    assert written["trading"]["strategies"] == ["a b"]
    named = {name for table in list(written.values())[1:] for name in table}
    of_panels = {"tickers", "csv_folder", "model", "dask"}
    assert set(FIELDS) - named == {"out", "quiet", "workers", "cache_dir", "use_cache", *of_panels}


def test_the_file_of_a_panel_names_its_command(folder):
    settings = Settings.of(csv_folder="prices", tickers="b,a", model="pooled")
    written = tomllib.loads(settings_toml(settings))
    command = f"backtrader-walkforward panel --tickers B,A --csv-folder {folder}/prices --model pooled"
    assert written["run"]["command"] == command
    assert written["panel"] == {"tickers": ["B", "A"], "csv_folder": str(folder / "prices"), "model": "pooled"}
    assert "ticker" not in written["data"]
    assert parse_arguments(command.split()[1:]).settings.panel == settings.replace(csv_folder=folder / "prices").panel


def test_the_command_that_is_named_asks_for_the_same(folder):
    settings = parse_arguments(
        ["--csv", "acme.csv", "--no-short", "--train-window", "all", "--stop-loss", ".05"]
    ).settings
    command = tomllib.loads(settings_toml(settings))["run"]["command"]
    assert parse_arguments(command.split()[1:]).settings == settings.replace(csv=folder / "acme.csv")


def test_options_override_the_file(folder):
    (folder / "s.toml").write_text(settings_toml(Settings.of(**OTHERS, **USED)))
    same = parse_arguments(["--settings", "s.toml", "--tearsheets", "none"]).settings
    other = parse_arguments(["--settings", "s.toml", "--stop-loss", "none", "--period", "100"]).settings
    assert (same.data.period, same.data.prices_sha256, same.report.tearsheets) == (365, "a" * 64, "none")
    assert (other.data.period, other.data.prices_sha256, other.trading.stop_loss) == (100, None, None)
    assert other.trading.strategies == same.trading.strategies


@pytest.mark.parametrize(
    ("given", "dropped"),
    [
        (["--end", "2018-06-01"], {"first_day", "last_day"}),
        (["--source", "csv"], {"used_source"}),
        (["--tearsheets", "none"], set()),
        (["--prices-sha256", "none"], {"prices_sha256"}),
        (["--source", "csv", "--lookback", "30"], set(USED)),
    ],
)
def test_the_prices_are_compared_unless_another_run_is_asked_for(folder, given, dropped):
    (folder / "s.toml").write_text(settings_toml(Settings.of(csv="acme.csv", **USED)))
    data = parse_arguments(["--settings", "s.toml", *given]).settings.data
    assert {name for name in USED if getattr(data, name) is None} == dropped


@pytest.mark.parametrize("command", ["signal", "paper", "paper-report"])
def test_another_command_leaves_out_what_only_reports_have(folder, command):
    (folder / "s.toml").write_text(settings_toml(Settings.of(null_models=3, lookback=30)))
    settings = parse_arguments([command, "--settings", "s.toml"]).settings
    assert (settings.report.null_models, settings.forecast.lookback) == (20, 30)


def test_another_command_takes_what_it_has(folder):
    (folder / "s.toml").write_text(settings_toml(Settings.of(ticker="QQQ", tearsheets="best", **USED)))
    settings = parse_arguments(["signal", "--settings", "s.toml"]).settings
    assert (settings.data.ticker, settings.data.prices_sha256, settings.report.tearsheets) == ("QQQ", None, "all")


@pytest.mark.parametrize(
    ("values", "command", "message"),
    [
        ({"fill": "close"}, "signal", "s.toml: signal has no fill, and the file says close - take it out"),
        ({"seeds": 2}, "paper", "s.toml: paper has no seeds, and the file says 2 - take it out"),
    ],
)
def test_another_command_refuses_what_it_cannot_do(folder, values, command, message):
    (folder / "s.toml").write_text(settings_toml(Settings.of(**values)))
    with pytest.raises(ArgumentError) as error:
        parse_arguments([command, "--settings", "s.toml"])
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[data]\nperod = 3", "s.toml: there is no setting 'perod' in [data] - did you mean 'period'?"),
        ("[data]\nlookback = 3", "s.toml: there is no setting 'lookback' in [data]"),
        ("[machine]\nworkers = 3", "s.toml: there is no setting 'workers' in [machine]"),
        ("[dta]\nperiod = 3", "s.toml: there is no table 'dta' - did you mean 'data'?"),
        (
            "period = 3",
            "s.toml: there is no table 'period' - choose from run, panel, data, forecast, trading, report, machine",
        ),
        ("run = 3", "s.toml: there is no table 'run'"),
        ('[run]\nversio = "1"', "s.toml: there is no setting 'versio' in [run] - did you mean 'version'?"),
        ("data = 3", "s.toml: there is no table 'data'"),
        (
            "[data]\nperiod = 3.5",
            "s.toml: period must be a whole number of days, or a length as 2y, 6mo or 90d: 3.5 - for example 730",
        ),
        ("[data]\nperiod = 0", "s.toml: period must lie between 1 and 36,525: 0"),
        (
            "[data]\nend = 2018-06-01T10:00:00\nperiod = []",
            "s.toml: period must be a whole number of days, or a length as 2y, 6mo or 90d: [] - for example",
        ),
        ("[data", "--settings s.toml: this is not TOML ("),
    ],
)
def test_a_file_with_a_mistake_is_refused(folder, text, message):
    (folder / "s.toml").write_text(text)
    with pytest.raises(ArgumentError) as error:
        parse_arguments(["--settings", "s.toml"])
    assert str(error.value).startswith(message)


def test_what_differs_is_said_in_a_line(folder, capsys):
    assert run(*QUICK, "--csv", "acme.csv", "--null-models", "0", "--quiet") == 0
    [first] = (folder / "runs").iterdir()
    file = first / "settings.toml"
    capsys.readouterr()

    prices = (folder / "acme.csv").read_text()
    (folder / "acme.csv").write_text(prices + "\n")
    assert run("--settings", str(file)) == 1
    assert re.fullmatch(
        rf"runner.py: --csv {folder}/acme.csv has changed: the SHA-256 digest is \w{{12}}\.\.\., and the settings ask"
        r" for \w{12}\.\.\. - bring the old file back, or take csv_sha256 and prices_sha256 out of the settings\n",
        capsys.readouterr().err,
    )
    assert run("--settings", str(file), "--csv-sha256", "none", "--out", "other") == 0
    capsys.readouterr()

    (folder / "acme.csv").write_text(prices)
    file.write_text(file.read_text().replace('prices_sha256 = "', 'prices_sha256 = "0'))
    assert run("--settings", str(file)) == 1
    assert re.fullmatch(
        r"runner.py: the prices of ACME from 2002-\d\d-\d\d to 2003-12-31 are others: the SHA-256 digest is"
        r" \w{12}\.\.\., and the settings ask for 0\w{11}\.\.\. - add --prices-sha256 none to run with them\n",
        capsys.readouterr().err,
    )

    file.write_text(re.sub('_sha256 = ".*"', '_sha256 = "none"', file.read_text()).replace(__version__, "0.1.0"))
    assert run("--settings", str(file), "--quiet") == 0
    assert capsys.readouterr().err == (
        f"runner.py: {file} is from version 0.1.0, and this is {__version__}: the results may differ\n"
    )


DAY_ONE = datetime(2026, 3, 4, 17, tzinfo=UTC)  # a Wednesday at noon in New York: the session is open


@pytest.fixture
def yahoo_on(yahoo):
    """Let Yahoo answer with weekdays up to a day, whose session opens at 9:30 in New York."""

    def yahoo_on(last, factor=1.0):
        weekdays = pd.bdate_range("2024-06-03", last)
        closes = 100 * np.exp(np.random.default_rng(5).normal(0, 0.01, 1_000).cumsum())[: len(weekdays)] * factor
        offsets = [(day - pd.Timestamp("2024-01-02")).days for day in weekdays]
        yahoo.answer = 200, chart(offsets, **{price: [*closes] for price in ("open", "high", "low", "close")})

    return yahoo_on


def study(settings, now, folder, **values):
    return run_study(settings.replace(cache_dir=folder / "cache", **values), now=now)


def test_a_run_of_yahoo_without_end_is_made_again_on_a_later_day(yahoo_on, folder):
    asked = parse_arguments([*QUICK, "--source", "yahoo", "--null-models", "0"]).settings
    yahoo_on("2026-03-03")
    first = study(asked, DAY_ONE, folder).save(folder / "runs").run_folder
    yahoo_on("2026-03-06")
    again = read_settings(first / "settings.toml").settings
    second = study(again, DAY_ONE + timedelta(2), folder).save(folder / "runs").run_folder
    assert again.data.end is None
    assert (str(again.data.last_day), again.data.used_source) == ("2026-03-03", "yahoo")
    assert contents(second) == contents(first)

    with_end = parse_arguments(["--settings", str(first / "settings.toml"), "--end", "2026-03-04"]).settings
    yahoo_on("2026-03-03")
    assert study(with_end, DAY_ONE, folder).prices.sha256 == again.data.prices_sha256
    yahoo_on("2026-03-06", factor=0.99)
    for settings in (again, with_end):
        with pytest.raises(DataError) as error:
            study(settings, DAY_ONE + timedelta(3), folder)
        assert re.fullmatch(
            r"the prices of SPY from 20\d\d-\d\d-\d\d to 2026-03-0[34] are others: the SHA-256 digest is"
            r" \w{12}\.\.\., and the settings ask for \w{12}\.\.\. - Yahoo adjusts past prices after each"
            r" dividend and split; add --prices-sha256 none to run with them",
            str(error.value),
        )
    assert study(again, DAY_ONE + timedelta(3), folder, prices_sha256=None).prices.sha256 != again.data.prices_sha256


def test_a_run_that_fell_back_to_the_sample_is_made_again_from_it(yahoo_on, folder, monkeypatch, yahoo):
    asked = parse_arguments([*QUICK, "--null-models", "0"]).settings
    yahoo.answer = 403, "no"
    monkeypatch.setattr("backtrader_walkforward.data.yahoo.client.time.sleep", lambda _: None)
    first = study(asked, DAY_ONE, folder).save(folder / "runs").run_folder
    yahoo_on("2026-03-06")
    again = study(read_settings(first / "settings.toml").settings, DAY_ONE + timedelta(2), folder)
    assert again.prices.origin == "bundled sample: S&P 500 index ^GSPC, standing in for SPY"


def test_the_digest_of_a_csv_file_is_of_what_was_read(folder):
    asked = parse_arguments([*QUICK, "--csv", "acme.csv", "--null-models", "0"]).settings
    digest = sha256((folder / "acme.csv").read_bytes()).hexdigest()
    result = study(asked, DAY_ONE, folder)
    (folder / "acme.csv").write_text("changed while the run went on")
    run_folder = result.save(folder / "runs").run_folder
    assert read_settings(run_folder / "settings.toml").settings.data.csv_sha256 == digest
