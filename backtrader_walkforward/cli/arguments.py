"""The command line: options in the groups of the README, and one line for each mistake."""

import argparse
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import NoReturn

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import (
    FILLS,
    FIVE_YEARS,
    RANGES,
    SOURCES,
    STORE_ACTIONS,
    TARGETS,
    TEARSHEETS,
    TICKER_PATTERN,
)
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.system.cores import usable_cores


def parse_arguments(arguments: Sequence[str]) -> Config:
    """Return the settings that `arguments` ask for.

    Raises
    ------
    ArgumentError
        If an argument is unknown, malformed, out of range or contradicts another.
    """
    values = vars(make_parser().parse_args(arguments))
    del values["debug"]  # about errors, these here included: the caller looks for it before
    values["ticker"] = default_ticker(values["csv"]) if values["ticker"] is None else values["ticker"].upper()
    return Config(**values)


def default_ticker(csv: Path | None) -> str:
    """Return the ticker when none is given: a CSV file's own name where it could be one, never SPY for such a file."""
    if csv is None:
        return Config.ticker
    name = csv.stem.upper()
    return name if TICKER_PATTERN.fullmatch(name) else "CSV"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises its complaints as one line."""

    def error(self, message: str) -> NoReturn:
        """Raise `message`, with the closest option when one is unknown."""
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        if unknown:
            options = [name for name in self._option_string_actions if name.startswith("--")]
            raise ArgumentError(f"there is no option {unknown[1]!r}{did_you_mean(unknown[1], options)}")
        raise ArgumentError(" ".join(message.removeprefix("argument ").split()))


class HelpFormatter(argparse.HelpFormatter):
    """Shows the default of every option that has one to show."""

    def _get_help_string(self, action: argparse.Action) -> str:
        shown = action.nargs != 0 and action.default not in (None, (), Path())
        default = ",".join(action.default) if isinstance(action.default, tuple) else action.default
        return f"{action.help} (default: {default})" if shown else str(action.help)


def make_parser() -> Parser:
    """Return the parser of all options; `Config` has the defaults."""
    parser = Parser(
        prog="runner.py",
        description="Forecast a ticker's next price walk-forward, trade the forecast in sub-accounts, and report.",
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--ticker", metavar="SYMBOL", help="as Yahoo writes it; SPY, or the CSV file's name, if left out"
    )
    parser.add_argument("--period", type=whole, metavar="DAYS", help="calendar days of history")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    add_data_options(parser.add_argument_group("data"))
    add_forecast_options(parser.add_argument_group("forecast"))
    add_trading_options(parser.add_argument_group("trading"))
    add_output_options(parser.add_argument_group("output"))
    add_machine_options(parser.add_argument_group("machine"))
    workers = min(usable_cores(), int(RANGES["workers"][1]))
    parser.set_defaults(**asdict(Config(workers=workers)) | {"ticker": None, "debug": False})
    return parser


def add_data_options(group: argparse._ArgumentGroup) -> None:
    """Add where prices come from."""
    add = group.add_argument
    add("--source", metavar="|".join(SOURCES), help="auto: Yahoo, else what is stored, else the bundled sample")
    add("--csv", type=Path, metavar="FILE", help="prices of your own: date, open, high, low, close, volume")
    add(
        "--end",
        type=iso_date,
        metavar="DATE",
        help="last day of the period, YYYY-MM-DD; the latest there is if left out",
    )


def add_forecast_options(group: argparse._ArgumentGroup) -> None:
    """Add how the forecast is made."""
    add = group.add_argument
    add("--predictor", metavar="NAME,...", help="lstm, ridge, mean, naive, or a file of yours; of several, the mean")
    add("--ensemble", type=whole, metavar="K", help="fit with K seeds, where the predictor is random; trade the mean")
    add("--timeframes", type=names, metavar="NAME,...", help="daily, and what is seen of closed weeks and months")
    add("--target", metavar="|".join(TARGETS), help="what the model learns: the next return or the next price")
    add("--lookback", type=whole, metavar="DAYS", help="trading days the model sees")
    add("--retrain-every", type=whole, metavar="DAYS", help="trading days between two fits")
    add(
        "--train-window",
        type=rows_or_all,
        metavar="ROWS|all",
        help=f"train on the last ROWS before the test, or on all; {FIVE_YEARS} are five years",
    )
    add(
        "--restart-every",
        type=whole,
        metavar="FITS",
        help="fits from one from scratch to the next; those between begin with its weights",
    )
    add("--epochs", type=whole, metavar="N", help="most passes over the training rows")
    add("--seed", type=whole, metavar="N", help="of everything random")
    add("--seeds", type=whole, metavar="N", help="repeat with N seeds, from --seed on, and show how far results differ")


def add_trading_options(group: argparse._ArgumentGroup) -> None:
    """Add how the forecast is traded."""
    add = group.add_argument
    add("--capital", type=number, metavar="AMOUNT", help="of each variant")
    add("--no-short", dest="allow_short", action="store_false", help="hold cash where the forecast says short")
    add("--threshold", type=number, metavar="SHARE", help="predicted return that counts as a signal")
    add("--fill", metavar="|".join(FILLS), help="trade at the open after the decision, or at its own close")
    add("--whole-shares", action="store_true", help="no fractions of a share")
    add("--commission-bps", type=number, metavar="BPS", help="commission, in basis points of the value traded")
    add("--commission-min", type=number, metavar="AMOUNT", help="least commission of a trade")
    add("--slippage-bps", type=number, metavar="BPS", help="how much worse than the price orders fill")
    add("--borrow-rate", type=number, metavar="RATE", help="yearly cost of shares held short: 0.03 is 3 %%")
    add("--cash-rate", type=number, metavar="RATE", help="yearly interest on cash: 0.02 is 2 %%")
    add("--stop-loss", type=number, metavar="SHARE", help="close a position that loses this much of its entry price")
    add("--trailing-stop", type=number, metavar="SHARE", help="close it this far behind its best close")
    add("--take-profit", type=number, metavar="SHARE", help="close a position that gains this much of its entry price")
    add("--regimes", type=names, metavar="NAME,...", help="show results by market regime: trend, volatility, markov")
    add(
        "--regime-filter",
        type=rules,
        metavar="NAME[=out|half],...",
        help="keep strategies out of a regime such as downtrend or turbulent, or halve them in it",
    )
    add("--strategies", type=names, metavar="NAME,...", help="only these; all found in strategies/ if left out")


def add_output_options(group: argparse._ArgumentGroup) -> None:
    """Add what is written and shown."""
    add = group.add_argument
    add("--out", type=Path, metavar="DIR", help="folder that holds charts/ and runs/; here if left out")
    add(
        "--null-models",
        type=whole,
        metavar="N",
        help="random accounts of each kind that every strategy is compared with",
    )
    add("--tearsheets", metavar="|".join(TEARSHEETS), help="which to draw")
    add("--quiet", action="store_true", help="print the result and nothing on the way there")
    add("--trials", action="store_true", help="show all that was ever tried; run nothing")
    add("--signal", action="store_true", help="after the close: what each strategy orders for the next session")
    add("--position", type=number, metavar="SHARES", help="held before that, with --signal; none if left out")
    add(
        "--paper",
        action="store_true",
        help="after the close: trade it on paper, in a ledger kept from session to session",
    )
    add("--paper-report", action="store_true", help="what was traded on paper beside the backtest of the same days")
    add("--audit", action="store_true", help="prove that the run knows no future and its books add up; no reports")


def add_machine_options(group: argparse._ArgumentGroup) -> None:
    """Add what the machine may be used for."""
    add = group.add_argument
    add("--workers", type=whole, metavar="N", help="processes that train and draw")
    add("--cache-dir", type=Path, metavar="DIR", help="of stored prices and forecasts; the user's own if left out")
    add("--no-store", dest="use_store", action="store_false", help="train anew, and keep no forecast")
    add(
        "--store",
        metavar="|".join(STORE_ACTIONS),
        help="show the stored forecasts, or forget the old ones; run nothing",
    )


def whole(text: str) -> int:
    """Parse a whole number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"must be a whole number: {text!r}")
    return int(text)


def rows_or_all(text: str) -> int | None:
    """Parse a whole number; `all` is None."""
    if text == "all":
        return None
    with suppress(argparse.ArgumentTypeError):
        return whole(text)
    raise argparse.ArgumentTypeError(f"must be a whole number, or all: {text!r}")


def number(text: str) -> float:
    """Parse a number; infinities and NaN are none."""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"must be a number: {text!r}")
    return float(text)


def iso_date(text: str) -> date:
    """Parse YYYY-MM-DD."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise argparse.ArgumentTypeError(f"must be a day written YYYY-MM-DD: {text!r}")


def names(text: str) -> tuple[str, ...]:
    """Parse names separated by commas, each counted once."""
    found = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise argparse.ArgumentTypeError("must name at least one")
    return found


def rules(text: str) -> tuple[tuple[str, str], ...]:
    """Parse names, each with what to do: `downtrend,high_volatility=half`; nothing said of one is `out`."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if not parts:
        raise argparse.ArgumentTypeError("must name at least one")
    return tuple((name.strip(), action.strip() if given else "out") for name, given, action in parts)
