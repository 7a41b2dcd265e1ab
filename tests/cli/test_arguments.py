"""Arguments become settings. Mistakes in them are in `tests/faults/test_hostile_input.py`."""

from datetime import date
from pathlib import Path

import pytest

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.forecasting import walk_forward_of
from backtrader_walkforward.settings.settings import FIELDS, GROUP_OF, SNAPSHOT, Settings
from backtrader_walkforward.system.cores import usable_cores


def settings_of(line):
    """The settings that a command line asks for."""
    return parse_arguments(line.split()).settings


def test_the_defaults_are_those_of_the_settings():
    settings = settings_of("")
    assert settings == Settings.of(workers=settings.machine.workers)
    assert settings.machine.workers == usable_cores()


def test_more_cores_than_workers_may_be(monkeypatch):
    """The default is never out of its own range."""
    monkeypatch.setattr("backtrader_walkforward.cli.arguments.usable_cores", lambda: 384)
    assert settings_of("").machine.workers == 256


def test_every_option_reaches_its_setting():
    given = (
        "--ticker aapl --period 365 --source csv --csv prices.csv --end 2020-02-29 --predictor ridge --target price "
        "--inputs raw --lookback 30 --retrain-every 5 --train-window 250 --epochs 9 --seed 1 --capital 5e4 --no-short "
        "--threshold .002 --fill close --whole-shares --strategies kelly,binary,kelly --out there --tearsheets best "
        "--quiet --workers 3 --cache-dir cache --no-cache --debug"
    )
    assert settings_of(given) == Settings.of(
        ticker="AAPL",
        period=365,
        source="csv",
        csv=Path("prices.csv"),
        end=date(2020, 2, 29),
        predictor="ridge",
        target="price",
        inputs="raw",
        lookback=30,
        retrain_every=5,
        train_window=250,
        epochs=9,
        seed=1,
        capital=50_000.0,
        allow_short=False,
        threshold=0.002,
        fill="close",
        whole_shares=True,
        strategies=("kelly", "binary"),
        out=Path("there"),
        tearsheets="best",
        quiet=True,
        workers=3,
        cache_dir=Path("cache"),
        use_cache=False,
    )


@pytest.mark.parametrize(("arguments", "rows"), [("", 1260), ("--train-window 504", 504), ("--train-window all", None)])
def test_fits_see_five_years_unless_told_otherwise(arguments, rows):
    walk = walk_forward_of(settings_of(arguments))
    assert walk.train_window == rows
    assert next(len(train) for train, _ in walk.split(2_500)) == (rows or 1_690)
    assert next(len(train) for train, _ in walk.split(502)) == 291


OF_TESTS = {"test_from", "importance", "null_models", "seeds"}
PANEL = {name for name, group in GROUP_OF.items() if group == "panel"}
ONE_TICKER = {"ticker", "csv", "train_with", "seeds", "null_models", "importance", "tearsheets"}


def test_every_setting_is_an_option_of_run_or_of_a_panel():
    assert set(COMMANDS["run"].settings) == set(FIELDS) - PANEL
    assert set(COMMANDS["panel"].settings) == set(FIELDS) - ONE_TICKER - (set(SNAPSHOT) - {"prices_sha256"})


@pytest.mark.parametrize(
    ("command", "lacks"),
    [
        ("audit", {"dask", "importance", "tearsheets", "practice"}),
        ("signal", PANEL | OF_TESTS | {"tearsheets", "fill", *SNAPSHOT}),
        (
            "paper",
            PANEL | OF_TESTS | {"tearsheets", "practice", "out", *SNAPSHOT},
        ),
        ("paper-report", PANEL | OF_TESTS | {"practice", *SNAPSHOT}),
        ("trials", set(FIELDS) - {"cache_dir"}),
        ("cache", set(FIELDS) - {"cache_dir"}),
    ],
)
def test_a_command_has_the_options_that_it_uses(command, lacks):
    assert set(FIELDS) - set(COMMANDS[command].settings) == lacks


def test_options_that_are_no_settings():
    assert vars(parse_arguments(["signal", "--position", "-12.5"]).own) == {"position": -12.5}
    assert vars(parse_arguments(["signal"]).own) == {"position": 0.0}
    assert vars(parse_arguments(["cache"]).own) == {"action": "show"}
    assert vars(parse_arguments(["cache", "prune", "--cache-dir", "x"]).own) == {"action": "prune"}
    assert vars(parse_arguments([]).own) == {"details": False, "json": False, "open_page": False}
    assert vars(parse_arguments(["--json", "--open"]).own) == {"details": False, "json": True, "open_page": True}
    assert vars(parse_arguments(["new", "strategy", "mine"]).own) == {"kind": "strategy", "name": "mine"}


def test_several_values_stand_alone_before_and_after_options():
    for line in ("a b c --open --out x", "--open a b c --out x", "a --out x b --open c"):
        asked = parse_arguments(["compare", *line.split()])
        assert vars(asked.own) == {"json": False, "open_page": True, "runs": ("a", "b", "c")}
        assert asked.settings.report.out == Path("x")


@pytest.mark.parametrize(
    ("arguments", "ticker"),
    [
        ("", "SPY"),
        ("--csv data/msft.csv", "MSFT"),
        ("--csv data/msft.csv --ticker SPY", "SPY"),
        ("--csv my_prices_of_2020.csv", "MY-PRICES-OF-20"),
        ("--csv US0378331005.csv", "US0378331005"),
        ("--csv US0378331005.csv --ticker US0378331005", "US0378331005"),
    ],
)
def test_a_file_of_ones_own_is_never_taken_for_spy(arguments, ticker):
    assert settings_of(arguments).data.ticker == ticker


@pytest.mark.parametrize("ticker", ["AAPL", "BRK-B", "^GSPC", "EURUSD=X", "7203.T", "BTC-USD", "F", "ES=F"])
def test_symbols_as_yahoo_writes_them(ticker):
    assert parse_arguments(["--ticker", ticker]).settings.data.ticker == ticker


def test_kinds_seeds_and_time_frames_reach_their_settings():
    settings = settings_of("--predictor lstm,ridge --ensemble 3 --timeframes daily,monthly")
    assert (settings.predictor_names, settings.forecast.ensemble, settings.forecast.timeframes) == (
        ("lstm", "ridge"),
        3,
        ("daily", "monthly"),
    )
    assert settings.result_settings()["timeframes"] == ["daily", "monthly"]


def test_regimes_and_what_to_do_in_them_reach_their_settings():
    rules = "downtrend, high_volatility=half,turbulent=out"
    settings = parse_arguments(["--regimes", "markov,trend,markov", "--regime-filter", rules]).settings
    assert settings.trading.regimes == ("markov", "trend")
    assert settings.trading.regime_filter == (("downtrend", "out"), ("high_volatility", "half"), ("turbulent", "out"))
    told = settings.result_settings()
    assert told["regimes"] == ["markov", "trend"]
    assert told["regime_filter"] == {"downtrend": "out", "high_volatility": "half", "turbulent": "out"}
