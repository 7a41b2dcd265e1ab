"""The settings of a panel: which tickers, with which model, on which machines."""

from dataclasses import dataclass
from pathlib import Path

from backtrader_walkforward.settings.checks import check_universe, refuse_isin
from backtrader_walkforward.settings.field import Group, machine, view

MODELS = {"own": "a model of its own for each", "pooled": "one model for all"}
"""The choices of `--model`, in words."""

PANEL_COMMANDS = ("panel", "audit")
"""The commands that study many tickers."""


@dataclass(frozen=True, kw_only=True)
class PanelSettings(Group):
    """The panel: which tickers are studied, and with which model."""

    tickers: tuple[str, ...] = view(
        (),
        "Tickers to study: AAPL,MSFT or @FILE.",
        "A file has a ticker a line; what follows `#` is a comment. With `--csv-folder` they choose among its files.",
        metavar="SYMBOL,...",
        example="AAPL,MSFT,JPM",
        section="data",
        commands=PANEL_COMMANDS,
        check=check_universe,
    )
    csv_folder: Path | None = view(
        None,
        "Folder of CSV files, one a ticker.",
        "The ticker is the one that a file names inside, or else the one in its name. A file may be packed by gzip."
        " The columns are those of `--csv`.",
        metavar="DIR",
        example="prices",
        section="data",
        commands=PANEL_COMMANDS,
    )
    model: str = view(
        "own",
        "Fit a model for each ticker, or one for all.",
        "`pooled` fits once a fold on the windows of all tickers, each scaled by its own training rows, and forecasts"
        " all of them. The folds have the same dates for every ticker.",
        choices=tuple(MODELS),
        section="forecast",
        commands=PANEL_COMMANDS,
    )
    dask: str | None = machine(
        None,
        "Dask scheduler to work on: tcp://HOST:8786, or local.",
        "Without it the tasks run in the processes of `--workers`. `local` starts a Dask cluster of so many on this"
        " machine. It needs `pip install 'backtrader-walkforward[dask]'`.",
        metavar="ADDRESS",
        example="local",
        section="machine",
        commands=("panel",),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        named = (ticker if ticker.startswith("@") else ticker.upper() for ticker in self.tickers)
        object.__setattr__(self, "tickers", tuple(dict.fromkeys(named)))
        for ticker in self.tickers if self.csv_folder is None else ():
            refuse_isin("--tickers", ticker)
