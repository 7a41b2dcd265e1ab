"""The settings of a run in groups: each has its default, its help and its rule here alone."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.checks import (
    check_csv_columns,
    check_daily,
    check_hybrids,
    check_peers,
    check_regime_filter,
    check_symbol,
    check_units,
    refuse_isin,
)
from backtrader_walkforward.settings.choices import (
    CSV_COLUMNS,
    DATE_ORDERS,
    DECIMALS,
    FILLS,
    INPUTS,
    REGIMES,
    SOURCES,
    TARGETS,
    TEARSHEETS,
    TIMEFRAMES,
)
from backtrader_walkforward.settings.field import (
    STUDY_COMMANDS,
    TICKER_COMMANDS,
    Group,
    machine,
    setting,
    snapshot,
    view,
)
from backtrader_walkforward.settings.file_ticker import ticker_of_file
from backtrader_walkforward.settings.kinds import Columns, Days, Members
from backtrader_walkforward.settings.parameters import Parameters, check_parameters

FIVE_YEARS = 1260
"""Trading days in five years, the default of `train_window`."""

DEFAULT_TICKER = "SPY"
MOST_WORKERS = 256

training = partial(setting, section="training")
at_least_one = partial(training, low=1)
cost = partial(setting, 0.0, section="costs", low=0)
of_csv = partial(setting, section="prices", trial=False, ledger=False)
"""How a CSV file is read. Trials and ledgers know its prices themselves."""
stop = partial(setting, None, section="stops", metavar="SHARE", low=0.0001)


@dataclass(frozen=True, kw_only=True)
class DataSettings(Group):
    """Prices: of which ticker, from which source, of which days."""

    ticker: str = setting(
        None,
        "Symbol, as Yahoo writes it.",
        "With `--csv` the default is the one in the name of the file.",
        metavar="SYMBOL",
        usual=DEFAULT_TICKER,
        commands=TICKER_COMMANDS,
        trial=False,
        check=check_symbol,
    )
    period: Days = setting(
        730,
        "Length of the history: 2y, 6mo, or days.",
        "A year has 365 days. The test is at its end.",
        metavar="LENGTH",
        low=1,
        high=36_525,
    )
    source: str = setting(
        "auto",
        "Source of prices: auto, yahoo, sample or csv.",
        "`auto` takes the CSV file if there is one, else Yahoo, else stored prices, else the bundled sample.",
        metavar="NAME",
        section="prices",
        choices=SOURCES,
        ledger=False,
    )
    csv: Path | None = view(
        None,
        "CSV file of daily prices.",
        "It may come from Yahoo, yfinance, Nasdaq, Investing.com, Alpha Vantage, Stooq or TradingView, or have the"
        " columns date, open, high, low, close and volume.",
        metavar="FILE",
        example="prices.csv",
        commands=TICKER_COMMANDS,
    )
    csv_columns: Columns = setting(
        (),
        "Columns of the CSV file: date=Datum,close=Schluss.",
        f"The keys are {', '.join(f'`{key}`' for key in CSV_COLUMNS)}. Usual names need no key. `adjusted=none` leaves"
        " the adjusted close unread, and `volume=none` the volume.",
        metavar="KEY=NAME",
        example="date=Datum,close=Schluss",
        section="prices",
        trial=False,
        ledger=False,
        check=check_csv_columns,
    )
    csv_dates: str | None = of_csv(
        None,
        "Order of the dates in the CSV file.",
        "It is `day-month-year`, `month-day-year` or `year-month-day`, for a file that does not tell.",
        metavar="ORDER",
        choices=DATE_ORDERS,
    )
    csv_decimals: str | None = of_csv(
        None,
        "Sign before the decimals in the CSV file: point or comma.",
        "It is for a file that does not tell.",
        metavar="SIGN",
        choices=DECIMALS,
    )
    end: date | None = setting(
        None, "Last day, YYYY-MM-DD.", metavar="DATE", section="prices", usual="the latest day", ledger=False
    )
    calendar: str | None = setting(
        None,
        "Exchange calendar: XNYS, XTKS, 24/7.",
        "It is a code of exchange_calendars (ISO 10383). Holidays, early closes, missing sessions and the days of time"
        " stamps follow from it. The default is the exchange that Yahoo names, New York for the bundled sample, and"
        " `24/7` where every day is traded.",
        metavar="NAME",
        section="prices",
        example="XNYS",
        usual="Yahoo's",
        trial=False,
        ledger=False,
    )
    used_source: str | None = snapshot(
        "Source that an earlier run used, where it asked for auto.", metavar="NAME", choices=SOURCES[1:]
    )
    first_day: date | None = snapshot("First day of an earlier run's prices, in place of --period.", metavar="DATE")
    last_day: date | None = snapshot("Last day of an earlier run's prices, in place of --end.", metavar="DATE")
    csv_sha256: str | None = snapshot(
        "Refuse a CSV file with another SHA-256 digest.", metavar="SHA256", example="none"
    )
    prices_sha256: str | None = snapshot(
        "Refuse prices with another SHA-256 digest.",
        "It is `data_sha256` of `results.json`.",
        metavar="SHA256",
        example="none",
        commands=("run", "audit", "panel"),
    )
    peers_sha256: str | None = snapshot(
        "Refuse prices of --train-with with another SHA-256 digest.", metavar="SHA256", example="none"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        usual = ticker_of_file(self.csv) if self.csv else DEFAULT_TICKER
        ticker = usual if self.ticker is None else self.ticker
        if self.csv is None:
            refuse_isin("--ticker", ticker)
        object.__setattr__(self, "ticker", ticker.upper())
        if self.source == "csv" and self.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.csv is not None and self.source not in ("auto", "csv"):
            raise ArgumentError(
                f"--csv and --source {self.source} contradict each other: leave one of them out, or write --source csv"
            )
        if (self.first_day is None) != (self.last_day is None):
            raise ArgumentError("--first-day and --last-day need each other: give both, or none")

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the prices of an earlier run, if the settings are those of one."""
        return (self.first_day, self.last_day) if self.first_day and self.last_day else None


@dataclass(frozen=True, kw_only=True)
class ForecastSettings(Group):
    """The forecast: which predictor, from which features, how it is trained."""

    predictor: Members = setting(
        "lstm",
        "Use lstm, boosting, ridge, mean, naive, yours.",
        "A class in `predictors/` goes by its own name. Of several, separated by commas, the mean is traded.",
        metavar="NAME,...",
    )
    ensemble: int = at_least_one(1, "Fit a random predictor with N seeds and trade the mean.", metavar="N", high=100)
    timeframes: tuple[str, ...] = training(
        ("daily",),
        "Indicators: daily, weekly, monthly.",
        metavar="NAME,...",
        choices=TIMEFRAMES,
        check=check_daily,
    )
    inputs: str = training(
        "scale-free",
        "What the model sees: scale-free or raw indicators.",
        "Scale-free ones mean the same in every year and for every ticker: prices over the close of their day, volumes"
        " over their mean. They are scaled to 0..1 by the training rows and clipped. `raw` are the indicators as they"
        " are.",
        metavar="NAME",
        choices=INPUTS,
    )
    train_with: tuple[str, ...] = training(
        (),
        "Other tickers to train with: QQQ,DIA.",
        "Each fit learns from the windows of all of them, up to the same day. Only the ticker of the run is forecast.",
        metavar="SYMBOL,...",
        example="QQQ,DIA",
        usual="none",
        commands=TICKER_COMMANDS,
        check=check_peers,
    )
    target: str = training(
        "traded",
        "Target of the training: return, price or traded.",
        "`return` is the return to the next close, `price` that close, and `traded` the return between the fills: from"
        " the next open to the open after it. `price` needs `--inputs raw`.",
        metavar="NAME",
        choices=TARGETS,
    )
    lookback: int = at_least_one(60, "Trading days in a window of features.", metavar="DAYS", high=1_000)
    retrain_every: int = at_least_one(21, "Trading days between two fits.", metavar="DAYS", high=100_000)
    test_from: date | None = setting(
        None,
        "First day of the test, YYYY-MM-DD.",
        "The fits before it learn from the days before it. By default the test has the last 30% of the days.",
        metavar="DATE",
        example="2018-06-01",
        section="training",
        commands=("run", "audit", "panel"),
        ledger=False,
    )
    train_window: int | None = training(
        FIVE_YEARS,
        "Number of rows that each fit trains on, or all.",
        f"The rows are the last before the test; {FIVE_YEARS} are five years.",
        metavar="ROWS|all",
        none="all",
        low=20,
        high=100_000,
    )
    cold_start_every: int = at_least_one(
        1,
        "Train from random weights every N fits.",
        "The fits in between start from the last such weights.",
        metavar="N",
        high=100_000,
    )
    epochs: int = at_least_one(
        50,
        "Maximum number of passes over the training rows.",
        "The LSTM searches for the best number up to it, then trains for as many on all rows.",
        metavar="N",
        high=10_000,
    )
    units: tuple[int, ...] = training(
        (128, 64, 32),
        "Sizes of the LSTM layers, from the inputs on.",
        "All but the last run in both directions. `32,16` trains in about a fifth of the time.",
        metavar="N,...",
        check=check_units,
    )
    seed: int = training(
        7,
        "Seed for all random numbers.",
        "They are weights, dropout and bootstrap.",
        metavar="N",
        low=0,
        high=2**31 - 1,
    )
    seeds: int = at_least_one(
        1,
        "Repeat with N seeds and compare the results.",
        "The first is `--seed`.",
        metavar="N",
        high=100,
        commands=("run", "audit"),
        trial=False,
        ledger=False,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "train_with", tuple(dict.fromkeys(ticker.upper() for ticker in self.train_with)))
        if self.inputs == "scale-free" and self.target == "price":
            raise ArgumentError(
                "--target price needs --inputs raw: no scale-free input tells a price - add --inputs raw"
            )
        if self.inputs == "raw" and self.train_with:
            raise ArgumentError(
                "--train-with needs --inputs scale-free: raw prices of two tickers have nothing in common"
                " - leave --inputs raw out"
            )


@dataclass(frozen=True, kw_only=True)
class TradingSettings(Group):
    """Trading: with which capital, by which strategies, at which prices and costs."""

    capital: float = setting(100_000.0, "Starting capital of each variant.", metavar="AMOUNT", low=0.01, high=1e15)
    allow_short: bool = setting(True, "Hold cash where the forecast is negative.", flag="--no-short")
    threshold: float = setting(0.001, "Predicted return that must be exceeded.", metavar="SHARE", low=0, high=1)
    fill: str = setting(
        "next-open",
        "When an order fills.",
        "It fills at the next open, or at the close of the decision.",
        choices=FILLS,
        section="orders",
        commands=tuple(name for name in STUDY_COMMANDS if name != "signal"),
    )
    whole_shares: bool = setting(False, "Trade whole shares only.", flag="--whole-shares", section="orders")
    rebalance_band: float = setting(
        0.1,
        "Leave a position this near to its target.",
        "A position is always closed and reversed; 0 trades every difference.",
        metavar="SHARE",
        low=0,
        high=1,
        section="orders",
    )
    min_order: float = setting(
        0.0,
        "Least value of an order.",
        "Orders that close or reverse a position may be smaller.",
        metavar="AMOUNT",
        low=0,
        high=1e15,
        section="orders",
    )
    strategies: tuple[str, ...] | None = setting(
        None,
        "Strategies to run.",
        metavar="NAME,...",
        none="all",
        usual="all in strategies/",
        section="variants",
        trial=False,
    )
    hybrids: tuple[int, ...] | None = setting(
        (30, 50, 70),
        "Percent traded in hybrids, the rest held.",
        "Each strategy also runs as a hybrid of each share: `30` trades 30% of the capital and holds 70%. With `none`"
        " each runs by itself.",
        metavar="PERCENT,...",
        section="variants",
        trial=False,
        check=check_hybrids,
    )
    param: Parameters = setting(
        (),
        "Set parameters: kelly.cap=.1,.25,.5.",
        "Each value of a strategy's parameter makes a variant, as `kelly(cap=0.25)`, and several parameters of a"
        " strategy all combinations. A parameter of a predictor has one value. The option may be given several times."
        ' Python takes `{"kelly.cap": [0.1, 0.25, 0.5]}`, too.',
        metavar="NAME=VALUE,...",
        section="variants",
        example="kelly.cap=.1,.25,.5",
        repeated=True,
        trial=False,
        check=check_parameters,
    )
    regimes: tuple[str, ...] = setting(
        (),
        "Results by regime: trend, volatility, markov.",
        metavar="NAME,...",
        section="variants",
        choices=tuple(REGIMES),
        trial=False,
    )
    regime_filter: tuple[tuple[str, str], ...] = setting(
        (),
        "Hold no position, or half of it, in a regime.",
        "`downtrend,high_volatility=half` holds none in a downtrend and half in high volatility. "
        f"Regimes: {', '.join(f'`{name}`' for names in REGIMES.values() for name in names)}.",
        metavar="RULES",
        section="variants",
        check=check_regime_filter,
    )
    commission_bps: float = cost("Commission, in basis points of the value traded.", metavar="BPS", high=1_000)
    commission_min: float = cost("Minimum commission of a trade.", metavar="AMOUNT", high=1e6)
    slippage_bps: float = cost("Slippage of each fill, in basis points of the price.", metavar="BPS", high=1_000)
    borrow_rate: float = cost("Yearly cost of shares held short: 0.03 is 3%.", metavar="RATE", high=10)
    cash_rate: float = cost("Yearly interest on cash: 0.02 is 2%.", metavar="RATE", high=1)
    stop_loss: float | None = stop("Close a position that loses this share of its entry price.", high=0.9999)
    trailing_stop: float | None = stop("Close a position this share below its best close.", high=0.9999)
    take_profit: float | None = stop("Close a position that gains this share of its entry price.", high=100)
    stop_entry_day: bool = setting(
        False, "Let stops fill on the day of the entry, too.", flag="--stop-entry-day", section="orders"
    )


@dataclass(frozen=True, kw_only=True)
class ReportSettings(Group):
    """The report: what is compared, drawn and written."""

    null_models: int = setting(
        20,
        "Random accounts to compare with.",
        "Every strategy is compared with as many of each kind of null model.",
        metavar="N",
        low=0,
        high=10_000,
        commands=("run", "audit"),
        trial=False,
        ledger=False,
    )
    importance: bool = view(
        False,
        "Measure which features the forecast uses.",
        "Each feature is permuted among the test rows of a fold, five times. The report says how much worse the"
        " forecast is then. Every fit is made once more, unless an earlier run stored the result.",
        flag="--importance",
        commands=("run",),
    )
    tearsheets: str = view(
        "all",
        "Tear sheets to draw: all, best or none.",
        metavar="NAME",
        choices=TEARSHEETS,
        commands=("run", "paper-report"),
    )
    practice: bool = view(
        False,
        "Practise: the run decides nothing and counts nowhere.",
        "It is for trying the tool out. No later test counts it, and `trials` shows it as practice.",
        flag="--practice",
        commands=("run", "signal", "panel"),
    )
    out: Path = machine(
        Path(),
        "Folder for charts/ and runs/.",
        "`signal` writes into `signals/` there.",
        metavar="DIR",
        usual="the working folder",
        section="output",
        commands=("run", "audit", "signal", "paper-report", "panel", "runs", "compare"),
    )
    quiet: bool = machine(False, "Print the result only.", flag="--quiet", section="output")


@dataclass(frozen=True, kw_only=True)
class MachineSettings(Group):
    """The machine: processes and folders."""

    workers: int = machine(
        1,
        "Worker processes.",
        "In Python the default is 1.",
        metavar="N",
        usual="one for each core",
        low=1,
        high=MOST_WORKERS,
    )
    cache_dir: Path | None = machine(
        None,
        "Folder of all that is stored.",
        "It holds prices, forecasts, null models, tear sheets, trials and paper ledgers.",
        metavar="DIR",
        usual="the user's own",
        commands=(*STUDY_COMMANDS, "trials", "cache"),
    )
    use_cache: bool = machine(True, "Train everything again and store no forecast.", flag="--no-cache")
