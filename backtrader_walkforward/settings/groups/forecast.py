"""Settings of the forecast: by which predictor, how it is trained."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.checks import check_daily, check_peers, check_units
from backtrader_walkforward.settings.choices import INPUTS, TARGETS, TIMEFRAMES
from backtrader_walkforward.settings.field import TICKER_COMMANDS, Group, setting
from backtrader_walkforward.settings.kinds import Members

FIVE_YEARS = 1260
"""Trading days in five years, the default of `train_window`."""

training = partial(setting, section="training")
at_least_one = partial(training, low=1)


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
        "Each fit learns from the days before its own forecasts. By default the test has the last 30% of the days.",
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
    search_every: int = at_least_one(
        4,
        "Search for the number of epochs every N fits.",
        "The fits in between train for as many as the last search found, from random weights of their own. With"
        " `--cold-start-every` above 1 every fit searches.",
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
        "Seed of the random numbers.",
        "They are the weights, the dropout and the order of the windows of a network, and the draws of null models, of"
        " all figures of significance and of the audit. `--importance` draws the same days with every seed.",
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
