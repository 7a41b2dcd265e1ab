"""Values for people who write Python: what stands for a value is taken, what does not is refused by name."""

import doctest
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings import kinds, settings
from backtrader_walkforward.settings.field import checked, example_of, rule_of
from backtrader_walkforward.settings.groups import DataSettings, TradingSettings
from backtrader_walkforward.settings.settings import FIELDS, GROUP_OF, Settings, format_setting

TAKEN = [
    ("strategies", "kelly", ("kelly",)),
    ("strategies", "kelly, binary,kelly", ("kelly", "binary")),
    ("strategies", ["kelly"], ("kelly",)),
    ("strategies", "all", None),
    ("regimes", [], ()),
    ("predictor", "ridge,mean", "ridge,mean"),
    ("predictor", ["ridge", "mean"], "ridge,mean"),
    ("predictor", ("lstm",), "lstm"),
    ("strategies", pd.Index(["kelly", "binary"]), ("kelly", "binary")),
    ("end", "2018-06-01", date(2018, 6, 1)),
    ("end", datetime(2018, 6, 1, 22, 15), date(2018, 6, 1)),
    ("end", pd.Timestamp("2018-06-01"), date(2018, 6, 1)),
    ("end", "none", None),
    ("out", "runs", Path("runs")),
    ("csv", "x.csv", Path("x.csv")),
    ("csv_columns", "date=Datum, close=Schluss", (("date", "Datum"), ("close", "Schluss"))),
    ("csv_columns", {"volume": "none"}, (("volume", "none"),)),
    ("csv_dates", "day-month-year", "day-month-year"),
    ("capital", 50_000, 50_000.0),
    ("capital", np.float32(0.5), 0.5),
    ("lookback", np.int64(30), 30),
    ("units", "32, 16", (32, 16)),
    ("units", [np.int64(32), 16], (32, 16)),
    ("train_with", "qqq, dia,QQQ", ("QQQ", "DIA")),
    ("train_with", [], ()),
    ("train_window", None, None),
    ("train_window", "all", None),
    ("timeframes", "daily,weekly", ("daily", "weekly")),
    ("regime_filter", {"downtrend": "out"}, (("downtrend", "out"),)),
    ("regime_filter", "downtrend,calm=half", (("downtrend", "out"), ("calm", "half"))),
    ("regime_filter", [["downtrend", "half"]], (("downtrend", "half"),)),
    ("stop_loss", 0.1, 0.1),
    ("stop_loss", "none", None),
    ("ticker", "brk-b", "BRK-B"),
]


@pytest.mark.parametrize(("name", "given", "value"), TAKEN)
def test_what_stands_for_a_value_is_taken(name, given, value):
    settings = Settings.of(**{name: given})
    found = getattr(getattr(settings, GROUP_OF[name]), name)
    assert found == value
    assert type(found) is type(value)
    assert Settings().replace(**{name: given}) in (settings, settings.replace(ticker="SPY"))


REFUSED = [
    ("lookback", 2.5, "lookback must be a whole number: 2.5 - for example 60"),
    ("lookback", "60", "lookback must be a whole number: '60' - for example 60"),
    ("lookback", True, "lookback must be a whole number: True - for example 60"),
    ("lookback", 0, "lookback must lie between 1 and 1,000: 0"),
    ("train_window", "x", "train_window must be a whole number, or all: 'x' - for example 1260"),
    ("capital", None, "capital must be a number: None - for example 100000"),
    ("capital", "50000", "capital must be a number: '50000' - for example 100000"),
    ("capital", 10**400, "capital must be a number: 1000"),
    ("end", pd.NaT, "end must be a day written YYYY-MM-DD, or none: NaT - for example 2018-12-31"),
    ("capital", Decimal(1), "capital must be a number: Decimal('1') - for example 100000"),
    ("capital", float("nan"), "capital must lie between 0.01 and 1e+15: nan"),
    ("allow_short", "no", "allow_short must be True or False: 'no' - for example True"),
    ("allow_short", 0, "allow_short must be True or False: 0 - for example True"),
    ("end", 2018, "end must be a day written YYYY-MM-DD, or none: 2018 - for example 2018-12-31"),
    (
        "csv_columns",
        "Datum",
        "csv_columns must be names with commas between them, each after its key and =: 'Datum' - for",
    ),
    ("csv_columns", "schluss=Close", "csv_columns knows no column 'schluss'"),
    ("csv_columns", "clos=Schluss", "csv_columns knows no column 'clos' - did you mean 'close'?"),
    ("csv_columns", "close=A,close=B", "csv_columns names close twice - leave one of them out"),
    ("csv_columns", {"close": "A, B"}, "csv_columns must name the column of close without a comma: 'A, B'"),
    ("csv_columns", {"close": 3}, "csv_columns must be names"),
    ("csv_dates", "dmy", "csv_dates must be one of day-month-year, month-day-year, year-month-day: 'dmy'"),
    ("csv", 3, "csv must be a path, or none: 3 - for example prices.csv"),
    ("strategies", 3, "strategies must be names separated by commas, or all: 3 - for example kelly,binary"),
    ("strategies", [3], "strategies must be names separated by commas, or all: [3] - for example kelly,binary"),
    ("strategies", "", "strategies must be names separated by commas, or all: '' - for example kelly,binary"),
    ("strategies", [], "strategies must be one name or more: [] - leave it out for all"),
    ("strategies", (), "strategies must be one name or more: () - leave it out for all"),
    ("predictor", [], "predictor must be names separated by commas: [] - for example lstm"),
    ("predictor", [3], "predictor must be names separated by commas: [3] - for example lstm"),
    ("ticker", "a b", "ticker must be one symbol of up to 15 capital letters, digits and .^=- : 'A B' - for example"),
    ("train_with", "", "train_with must be names separated by commas: '' - for example QQQ,DIA"),
    ("train_with", "US0378331005", "train_with must be a symbol, not an ISIN: 'US0378331005' - look its symbol up"),
    ("units", 32, "units must be whole numbers separated by commas: 32 - for example 128,64,32"),
    ("units", [True], "units must be whole numbers separated by commas: [True] - for example 128,64,32"),
    ("units", "", "units must be whole numbers separated by commas: '' - for example 128,64,32"),
    ("units", [], "units must be one to five sizes from 1 to 1024: '' - for example 32,16"),
    ("units", [32, 0], "units must be one to five sizes from 1 to 1024: '32,0' - for example 32,16"),
    ("inputs", "row", "inputs must be one of scale-free, raw: 'row'"),
    ("timeframes", ["weekly"], "timeframes must hold daily: 'weekly' - put daily before the rest"),
    ("timeframes", "", "timeframes must be names separated by commas: '' - for example daily"),
    (
        "regime_filter",
        [("calm",)],
        "regime_filter must be names separated by commas, each with =out or =half: [('calm',)]"
        " - for example downtrend,high_volatility=half",
    ),
    ("regime_filter", [([], {})], "regime_filter knows no regime []"),
    ("target", "prise", "target must be one of return, price, traded: 'prise' - did you mean 'price'?"),
    ("target", None, "target must be text: None - for example traded"),
    ("ticker", 3, "ticker must be text: 3 - for example SPY"),
    ("lokback", 3, "there is no setting 'lokback' - did you mean 'lookback'?"),
]


@pytest.mark.parametrize(("name", "given", "message"), REFUSED)
def test_what_does_not_is_refused(name, given, message):
    for make in (Settings.of, Settings().replace):
        with pytest.raises(ArgumentError) as error:
            make(**{name: given})
        assert str(error.value).startswith(message)


def test_every_example_in_a_message_is_valid_input():
    """Of the right type, within the range, one of the choices: what the message says can be typed."""
    typed = {name: one for name, one in FIELDS.items() if not rule_of(one).flag}
    taken = {name: checked(one, example_of(one), text=True) for name, one in typed.items()}
    assert {name for name, value in taken.items() if value is None} == {"csv_sha256", "prices_sha256", "peers_sha256"}
    assert {
        name: example_of(FIELDS[name]) for name in ("regimes", "calendar", "used_source", "stop_loss", "ticker")
    } == {
        "regimes": "trend",
        "calendar": "XNYS",
        "used_source": "yahoo",
        "stop_loss": "0.1",
        "ticker": "SPY",
    }


def test_a_group_alone_checks_its_values_too():
    assert DataSettings(csv="data/msft.csv").ticker == "MSFT"
    assert DataSettings(csv="my_prices_of_2020.csv").ticker == "MY-PRICES-OF-20"
    with pytest.raises(ArgumentError, match="capital must be a number: 'much' - for example 100000"):
        TradingSettings(capital="much")


def test_every_default_is_a_value_of_its_field():
    found = {name: value for name, value, _ in Settings().items()}
    assert Settings.of(**found) == Settings()
    assert {name for name, one in FIELDS.items() if one.default != found[name]} == {"ticker"}


@pytest.mark.parametrize("module", [kinds, settings])
def test_the_examples_hold(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


def test_a_setting_of_an_earlier_version_is_shown():
    assert format_setting("no_longer_there", []) == "none"
    assert format_setting("no_longer_there", 1e6) == "1000000"
