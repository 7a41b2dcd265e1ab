"""`settings.toml` runs a run again, to the byte; where it cannot, one line says what differs."""

import re
import tomllib

import pytest

from backtrader_walkforward import __version__
from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import FIELDS, Settings
from backtrader_walkforward.settings.settings_file import read_settings, settings_toml

QUICK = [
    "--predictor",
    "naive",
    "--period",
    "365",
    "--lookback",
    "20",
    "--strategies",
    "binary",
    "--tearsheets",
    "best",
]
OTHERS = {
    "ticker": "AAPL",
    "period": 365,
    "end": "2018-06-01",
    "timeframes": "daily,weekly",
    "train_window": None,
    "capital": 1e16 / 10,
    "allow_short": False,
    "whole_shares": True,
    "strategies": ["kelly", 'a "b" \\ c\x7f\x1b'],
    "regime_filter": {"downtrend": "out", "calm": "half"},
    "stop_loss": 0.1,
    "seeds": 3,
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
    [["--source", "sample"], ["--csv", "acme.csv", "--regime-filter", "downtrend=half", "--null-models", "2"]],
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
    settings = Settings.of(**OTHERS)
    (folder / "settings.toml").write_text(settings_toml(settings, prices_sha256="a" * 64))
    assert read_settings(folder / "settings.toml").settings == settings.replace(prices_sha256="a" * 64)


def test_the_file_names_the_command_the_version_and_the_digests(folder):
    settings = Settings.of(csv="acme.csv", lookback=30, allow_short=False, workers=3, out="there", strategies="a b")
    written = tomllib.loads(settings_toml(settings, prices_sha256="b" * 64))
    assert list(written) == ["run", "data", "forecast", "trading", "report"]
    assert written["run"] == {
        "command": f"backtrader-walkforward run --ticker ACME --csv {folder}/acme.csv"
        " --lookback 30 --no-short --strategies 'a b'",
        "version": __version__,
    }
    assert written["data"]["csv"] == str(folder / "acme.csv")
    assert re.fullmatch("[0-9a-f]{64}", written["data"]["csv_sha256"])
    assert written["data"]["prices_sha256"] == "b" * 64
    assert written["data"]["end"] == "none"
    assert written["forecast"]["train_window"] == 1260
    assert written["trading"]["strategies"] == ["a b"]
    named = {name for table in list(written.values())[1:] for name in table}
    assert set(FIELDS) - named == {"out", "quiet", "workers", "cache_dir", "use_cache"}


def test_the_command_that_is_named_asks_for_the_same(folder):
    settings = parse_arguments(
        ["--csv", "acme.csv", "--no-short", "--train-window", "all", "--stop-loss", ".05"]
    ).settings
    command = tomllib.loads(settings_toml(settings, prices_sha256="b" * 64))["run"]["command"]
    assert parse_arguments(command.split()[1:]).settings == settings.replace(csv=folder / "acme.csv")


def test_options_override_the_file(folder):
    (folder / "s.toml").write_text(settings_toml(Settings.of(**OTHERS), prices_sha256="a" * 64))
    same = parse_arguments(["--settings", "s.toml", "--tearsheets", "none"]).settings
    other = parse_arguments(["--settings", "s.toml", "--stop-loss", "none", "--period", "100"]).settings
    assert (same.data.period, same.data.prices_sha256, same.report.tearsheets) == (365, "a" * 64, "none")
    assert (other.data.period, other.data.prices_sha256, other.trading.stop_loss) == (100, None, None)
    assert other.trading.strategies == same.trading.strategies


def test_another_command_takes_what_it_has(folder):
    (folder / "s.toml").write_text(settings_toml(Settings.of(ticker="QQQ", tearsheets="best"), prices_sha256="a" * 64))
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
    (folder / "s.toml").write_text(settings_toml(Settings.of(**values), prices_sha256="a" * 64))
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
            "s.toml: there is no table 'period' - choose from run, data, forecast, trading, report, machine",
        ),
        ("run = 3", "s.toml: there is no table 'run'"),
        ('[run]\nversio = "1"', "s.toml: there is no setting 'versio' in [run] - did you mean 'version'?"),
        ("data = 3", "s.toml: there is no table 'data'"),
        ("[data]\nperiod = 3.5", "s.toml: period must be a whole number: 3.5 - for example 730"),
        ("[data]\nperiod = 0", "s.toml: --period must lie between 1 and 36,525: 0"),
        ("[data]\nend = 2018-06-01T10:00:00\nperiod = []", "s.toml: period must be a whole number: [] - for example"),
        ("[data", "--settings s.toml: this is not TOML ("),
    ],
)
def test_a_file_with_a_mistake_is_refused(folder, text, message):
    (folder / "s.toml").write_text(text)
    with pytest.raises(ArgumentError) as error:
        parse_arguments(["--settings", "s.toml"])
    assert str(error.value).startswith(message)


def test_what_differs_is_said_in_a_line(folder, capsys):
    assert run(*QUICK, "--csv", "acme.csv", "--quiet") == 0
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
    assert capsys.readouterr().err.startswith("runner.py: the prices of ACME are others: the SHA-256 digest is ")

    file.write_text(re.sub('_sha256 = ".*"', '_sha256 = "none"', file.read_text()).replace(__version__, "0.1.0"))
    assert run("--settings", str(file), "--quiet") == 0
    assert capsys.readouterr().err == (
        f"runner.py: {file} is from version 0.1.0, and this is {__version__}: the results may differ\n"
    )
