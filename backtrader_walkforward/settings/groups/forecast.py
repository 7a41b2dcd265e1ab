"""Settings of the forecast."""

from dataclasses import dataclass

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import FIVE_YEARS, TARGETS, TIMEFRAMES
from backtrader_walkforward.settings.field import setting
from backtrader_walkforward.settings.groups.base import Group


@dataclass(frozen=True, kw_only=True)
class ForecastSettings(Group):
    """The forecast: which predictor, from which features, how it is trained."""

    predictor: str = setting(
        "lstm",
        "Predictor: lstm, ridge, mean, naive or a file of yours.",
        "A class in `predictors/` goes by its own name. Of several, separated by commas, the mean is traded.",
        metavar="NAME,...",
    )
    ensemble: int = setting(1, "Fit a random predictor with N seeds and trade the mean.", metavar="N", low=1, high=100)
    timeframes: tuple[str, ...] = setting(
        ("daily",), "Time frames of the indicators: daily, weekly, monthly.", metavar="NAME,...", choices=TIMEFRAMES
    )
    target: str = setting("return", "Target of the training: the next return or price.", choices=TARGETS)
    lookback: int = setting(60, "Trading days in a window of features.", metavar="DAYS", low=1, high=1_000)
    retrain_every: int = setting(21, "Trading days between two fits.", metavar="DAYS", low=1, high=100_000)
    train_window: int | None = setting(
        FIVE_YEARS,
        "Number of rows that each fit trains on, or all.",
        f"The rows are the last before the test; {FIVE_YEARS} are five years.",
        metavar="ROWS|all",
        none="all",
        low=20,
        high=100_000,
    )
    cold_start_every: int = setting(
        1,
        "Train from random weights every N fits.",
        "The fits in between start from the last such weights.",
        metavar="N",
        low=1,
        high=100_000,
    )
    epochs: int = setting(50, "Maximum number of passes over the training rows.", metavar="N", low=1, high=10_000)
    seed: int = setting(
        7, "Seed for all random numbers: weights, dropout, bootstrap.", metavar="N", low=0, high=2**31 - 1
    )
    seeds: int = setting(
        1,
        "Repeat with N seeds and show how much the results differ.",
        "The first is `--seed`.",
        metavar="N",
        low=1,
        high=100,
        commands=("run", "audit"),
        trial=False,
        ledger=False,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if "daily" not in self.timeframes:
            raise ArgumentError(
                f"--timeframes must hold daily: {','.join(self.timeframes)!r} - put daily before the rest"
            )
