"""All settings, in the groups of the command's help: each field has its default, its help and its rule here alone."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from backtrader_walkforward.settings.choices import FILLS, FIVE_YEARS, REGIMES, SOURCES, TARGETS, TEARSHEETS, TIMEFRAMES
from backtrader_walkforward.settings.field import setting

machine = partial(setting, result=False, trial=False, ledger=False)
"""A setting that says where and how to run; the results stay as they are."""


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """Prices: of what, from where, and which days."""

    ticker: str = setting(
        "SPY",
        "Ticker symbol, as Yahoo writes it. The default is SPY, with --csv the name of the file.",
        metavar="SYMBOL",
        trial=False,
    )
    period: int = setting(730, "Calendar days of history.", metavar="DAYS", low=1, high=36_525)
    source: str = setting(
        "auto",
        "Source of the prices. auto takes Yahoo, else stored prices, else the bundled sample.",
        choices=SOURCES,
        ledger=False,
    )
    csv: Path | None = machine(None, "CSV file with date, open, high, low, close and volume.", metavar="FILE")
    end: date | None = setting(
        None, "Last day of the period, YYYY-MM-DD. The default is the latest day.", metavar="DATE", ledger=False
    )


@dataclass(frozen=True, kw_only=True)
class ForecastSettings:
    """The forecast: who makes it, from what, and how it is trained."""

    predictor: str = setting(
        "lstm",
        "Predictor: lstm, ridge, mean, naive or a file of your own. The mean of several is traded.",
        metavar="NAME,...",
    )
    ensemble: int = setting(1, "Fit a random predictor with K seeds and trade the mean.", metavar="K", low=1, high=100)
    timeframes: tuple[str, ...] = setting(
        ("daily",), "Time frames of the indicators: daily, weekly, monthly.", metavar="NAME,...", choices=TIMEFRAMES
    )
    target: str = setting("return", "Target of the training: the next return or the next price.", choices=TARGETS)
    lookback: int = setting(60, "Trading days in a window.", metavar="DAYS", low=1, high=1_000)
    retrain_every: int = setting(21, "Trading days between two fits.", metavar="DAYS", low=1, high=100_000)
    train_window: int | None = setting(
        FIVE_YEARS,
        f"Train on the last ROWS before the test, or on all. {FIVE_YEARS} rows are five years.",
        metavar="ROWS|all",
        low=20,
        high=100_000,
    )
    cold_start_every: int = setting(
        1,
        "Train from random weights every N fits; fits in between start from the last such weights.",
        metavar="N",
        low=1,
        high=100_000,
    )
    epochs: int = setting(50, "Maximum number of passes over the training rows.", metavar="N", low=1, high=10_000)
    seed: int = setting(
        7, "Seed for all random numbers (weights, dropout, bootstrap).", metavar="N", low=0, high=2**31 - 1
    )
    seeds: int = setting(
        1,
        "Repeat the run with N seeds, starting at --seed, and show how much the results differ.",
        metavar="N",
        low=1,
        high=100,
        trial=False,
        ledger=False,
    )


@dataclass(frozen=True, kw_only=True)
class TradingSettings:
    """Trading: with how much, by whom, at which prices and costs."""

    capital: float = setting(100_000.0, "Starting capital of each variant.", metavar="AMOUNT", low=0.01, high=1e15)
    allow_short: bool = setting(True, "Hold cash where the forecast is negative.", flag="--no-short")
    threshold: float = setting(
        0.001, "Size of a predicted return that counts as a signal.", metavar="SHARE", low=0, high=1
    )
    fill: str = setting(
        "next-open", "Price of the fill: the open after the decision, or the close of the decision.", choices=FILLS
    )
    whole_shares: bool = setting(False, "Trade whole shares only.", flag="--whole-shares")
    commission_bps: float = setting(
        0.0, "Commission, in basis points of the value traded.", metavar="BPS", low=0, high=1_000
    )
    commission_min: float = setting(0.0, "Minimum commission of a trade.", metavar="AMOUNT", low=0, high=1e6)
    slippage_bps: float = setting(
        0.0, "Slippage of each fill, in basis points of the price.", metavar="BPS", low=0, high=1_000
    )
    borrow_rate: float = setting(0.0, "Yearly cost of shares held short: 0.03 is 3 %.", metavar="RATE", low=0, high=10)
    cash_rate: float = setting(0.0, "Yearly interest on cash: 0.02 is 2 %.", metavar="RATE", low=0, high=1)
    strategies: tuple[str, ...] = setting(
        (), "Strategies to run. The default is all in strategies/.", metavar="NAME,...", trial=False
    )
    stop_loss: float | None = setting(
        None, "Close a position that loses this share of its entry price.", metavar="SHARE", low=0.0001, high=0.9999
    )
    trailing_stop: float | None = setting(
        None, "Close a position this share below its best close.", metavar="SHARE", low=0.0001, high=0.9999
    )
    take_profit: float | None = setting(
        None, "Close a position that gains this share of its entry price.", metavar="SHARE", low=0.0001, high=100
    )
    regimes: tuple[str, ...] = setting(
        (),
        "Show results by market regime: trend, volatility, markov.",
        metavar="NAME,...",
        choices=tuple(REGIMES),
        trial=False,
    )
    regime_filter: tuple[tuple[str, str], ...] = setting(
        (), "Hold no position, or half of it, in a regime such as downtrend.", metavar="NAME[=out|half],...", pairs=True
    )


@dataclass(frozen=True, kw_only=True)
class ReportSettings:
    """The report: what is compared, drawn and written."""

    null_models: int = setting(
        20,
        "Random accounts of each kind that every strategy is compared with.",
        metavar="N",
        low=0,
        high=10_000,
        trial=False,
        ledger=False,
    )
    out: Path = machine(Path(), "Folder for charts/ and runs/. The default is the working folder.", metavar="DIR")
    tearsheets: str = machine("all", "Tear sheets to draw.", choices=TEARSHEETS)
    quiet: bool = machine(False, "Print the result only.", flag="--quiet")


@dataclass(frozen=True, kw_only=True)
class MachineSettings:
    """The machine: processes and folders."""

    workers: int = machine(1, "Number of worker processes.", metavar="N", low=1, high=256)
    cache_dir: Path | None = machine(
        None, "Folder for stored prices, forecasts and trials. The default is the user's own.", metavar="DIR"
    )
    use_cache: bool = machine(True, "Train everything again and store no forecast.", flag="--no-cache")
