"""Arguments become settings; a mistake becomes one line that says what, which value, and what to do."""

from datetime import date
from pathlib import Path

import pytest

from command_line import make_parser, parse_arguments
from config import Config
from errors import ArgumentError


def test_the_defaults_are_those_of_config():
    config = parse_arguments([])
    assert config == Config(workers=config.workers)
    assert config.workers >= 1


def test_every_option_reaches_its_setting():
    given = (
        "--ticker aapl --period 365 --source csv --csv prices.csv --end 2020-02-29 --predictor ridge --target price "
        "--lookback 30 --retrain-every 5 --train-window 250 --epochs 9 --seed 1 --capital 5e4 --no-short "
        "--threshold .002 --fill close --whole-shares --strategies kelly,binary,kelly --out there --tearsheets best "
        "--quiet --workers 3 --cache-dir cache --no-store --store show --debug"
    )
    assert parse_arguments(given.split()) == Config(
        ticker="AAPL",
        period=365,
        source="csv",
        csv=Path("prices.csv"),
        end=date(2020, 2, 29),
        predictor="ridge",
        target="price",
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
        use_store=False,
        store="show",
    )


def test_every_setting_has_an_option():
    options = {action.dest for action in make_parser()._actions}
    assert set(Config.__dataclass_fields__) <= options


@pytest.mark.parametrize(
    ("arguments", "ticker"),
    [
        ("", "SPY"),
        ("--csv data/msft.csv", "MSFT"),
        ("--csv data/msft.csv --ticker SPY", "SPY"),
        ("--csv my_prices_of_2020.csv", "CSV"),
    ],
)
def test_a_file_of_ones_own_is_never_taken_for_spy(arguments, ticker):
    assert parse_arguments(arguments.split()).ticker == ticker


@pytest.mark.parametrize("ticker", ["AAPL", "BRK-B", "^GSPC", "EURUSD=X", "7203.T", "BTC-USD", "F", "ES=F"])
def test_symbols_as_yahoo_writes_them(ticker):
    assert parse_arguments(["--ticker", ticker]).ticker == ticker


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ticker", "AAPL,MSFT"], "--ticker must be one symbol .* 'AAPL,MSFT' - for example AAPL"),
        (["--ticker", "AAPL MSFT"], "--ticker must be one symbol"),
        (["--ticker", "../../x"], r"--ticker must be one symbol .* '\.\./\.\./X'"),
        (["--ticker", "<script>"], "--ticker must be one symbol"),
        (["--ticker", "=cmd()"], "--ticker must be one symbol"),
        (["--ticker", ""], "--ticker must be one symbol"),
        (["--ticker", "A" * 300], r"--ticker must be one symbol .* 'AAAA+\.\.\.'"),
        (["--ticker", "US0378331005"], "--ticker must be a symbol, not an ISIN: 'US0378331005'"),
        (["--ticker", "AÄ"], "--ticker must be one symbol"),
        (["--ticker"], "--ticker: expected one argument"),
        (["--perod", "3"], "there is no option '--perod' - did you mean '--period'"),
        (["AAPL"], "there is no option 'AAPL'"),
        (["--period", "x"], "--period: must be a whole number: 'x'"),
        (["--period", "1.5"], "--period: must be a whole number: '1.5'"),
        (["--period", "0"], "--period must lie between 1 and 36,525: 0"),
        (["--period", "-365"], "--period must lie between 1 and 36,525: -365"),
        (["--period", "9" * 30], "--period: must be a whole number"),
        (["--lookback", "0"], "--lookback must lie between 1 and 1,000: 0"),
        (["--retrain-every", "0"], "--retrain-every must lie between"),
        (["--train-window", "5"], "--train-window must lie between 20 and"),
        (["--epochs", "0"], "--epochs must lie between"),
        (["--seed", "-1"], "--seed must lie between"),
        (["--capital", "0"], "--capital must lie between"),
        (["--capital", "nan"], "--capital: must be a number: 'nan'"),
        (["--capital", "inf"], "--capital: must be a number: 'inf'"),
        (["--capital", "1e999"], "--capital must lie between .*: inf"),
        (["--capital", "ten"], "--capital: must be a number: 'ten'"),
        (["--threshold", "2"], "--threshold must lie between 0 and 1: 2.0"),
        (["--threshold", "-0.1"], "--threshold must lie between 0 and 1: -0.1"),
        (["--fill", "clos"], "--fill must be one of next-open, close: 'clos' - did you mean 'close'"),
        (["--source", "google"], "--source must be one of auto, yahoo, sample, csv: 'google'"),
        (["--target", "prise"], "--target must be one of return, price: 'prise' - did you mean 'price'"),
        (["--tearsheets", "some"], "--tearsheets must be one of all, best, none: 'some'"),
        (["--end", "2020-13-01"], "--end: must be a day written YYYY-MM-DD: '2020-13-01'"),
        (["--end", "20200101"], "--end: must be a day written YYYY-MM-DD"),
        (["--end", "01/02/2020"], "--end: must be a day written YYYY-MM-DD"),
        (["--strategies", ","], "--strategies: must name at least one strategy"),
        (["--store", "empty"], "--store must be one of show, prune: 'empty'"),
        (["--workers", "0"], "--workers must lie between 1 and 256: 0"),
        (["--source", "csv"], "--source csv needs a file: add --csv FILE"),
        (["--source", "yahoo", "--csv", "x.csv"], "--csv and --source yahoo contradict each other"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line(arguments, message):
    with pytest.raises(ArgumentError, match=message) as error:
        parse_arguments(arguments)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200
    assert error.value.exit_code == 2


def test_help_names_every_option_and_its_default():
    text = " ".join(make_parser().format_help().split())
    for option in ("--ticker", "--fill", "--cache-dir", "(default: 730)", "(default: 0.001)"):
        assert option in text
    assert "None" not in text
