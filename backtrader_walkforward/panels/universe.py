"""The universe of a panel: its tickers, each with the settings of its own study."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from backtrader_walkforward.data.csv.form import refuse_without_file
from backtrader_walkforward.errors import ArgumentError, UserError, reason_of
from backtrader_walkforward.settings.checks import check_ticker
from backtrader_walkforward.settings.file_ticker import ticker_of_file
from backtrader_walkforward.settings.parameters import plugin_of
from backtrader_walkforward.settings.settings import DEFAULTS, GROUP_OF, Settings
from backtrader_walkforward.system.files import read_regular
from backtrader_walkforward.trading.variants import find_ranking_strategies

LARGEST_FILE = 1_000_000
"""Bytes of a file of tickers, enough for 100,000."""

CSV_FILE = re.compile(r"[^.].*\.csv(?:\.gz)?", re.IGNORECASE | re.DOTALL)
"""Name of a file of prices. Hidden files are none."""

OWN = {name: value for name, value in DEFAULTS.items() if GROUP_OF[name] == "panel"}
"""The settings of a panel, as the study of one ticker has them."""


def with_universe(settings: Settings) -> Settings:
    """Return the settings with the tickers of all files in place of their names, in order, each once.

    Raises
    ------
    ArgumentError
        If there are no tickers, a file of them cannot be read, or a setting is none of a panel.
    """
    settings.refuse_others("panel")
    if settings.panel.csv_folder is not None and settings.data.source not in ("auto", "csv"):
        raise ArgumentError(f"--csv-folder and --source {settings.data.source} contradict each other: leave one out")
    if settings.panel.csv_folder is None:
        refuse_without_file(settings.data)
    folder, named = settings.panel.csv_folder, expanded(settings.panel.tickers)
    if folder is not None and not folder.is_dir():
        raise ArgumentError(f"--csv-folder must be a folder: {folder} - name one with a CSV file a ticker")
    if folder is None and not named:
        raise ArgumentError("a panel needs tickers - add --tickers AAPL,MSFT,JPM or --csv-folder DIR")
    tickers = sorted(set(named or files_in(folder)))
    if not tickers:
        raise ArgumentError(
            f"--csv-folder needs files such as AAPL.csv: there is none in {folder} - name a folder with such files"
        )
    return settings.replace(tickers=tickers)


def expanded(tickers: Iterable[str]) -> list[str]:
    """Return tickers, with those of a file in place of `@FILE`."""
    return [name for ticker in tickers for name in (read_tickers(ticker[1:]) if ticker.startswith("@") else [ticker])]


def read_tickers(path: str) -> Iterator[str]:
    """Yield the tickers of a file: one a line, or several with commas; what follows `#` is a comment."""
    try:
        text = read_regular(Path(path), LARGEST_FILE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else reason_of(error)
        raise ArgumentError(f"--tickers @{path}: {reason} - name a file with a ticker a line") from error
    lines = [line.partition("#")[0].split(",") for line in text.splitlines()]
    if not any(map(str.strip, chain.from_iterable(lines))):
        raise ArgumentError(f"--tickers @{path}: the file has no ticker - write one a line")
    for number, line in enumerate(lines, start=1):
        for ticker in filter(None, map(str.strip, line)):
            check_ticker(f"--tickers @{path}, line {number},", ticker)
            yield ticker.upper()


def files_in(folder: Path | None) -> dict[str, Path]:
    """Return the CSV files of a folder, packed or not, by the ticker in their name; none without a folder.

    Raises
    ------
    ArgumentError
        If two files have one ticker.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder else ():
        if not CSV_FILE.fullmatch(path.name):
            continue
        ticker = ticker_of_file(path)
        if other := found.get(ticker):
            raise ArgumentError(f"--csv-folder has two files of one ticker: {other.name} and {path.name} - remove one")
        found[ticker] = path
    return found


def settings_of_tickers(settings: Settings, strategies: Sequence[str] | None) -> dict[str, Settings | UserError]:
    """Return the settings of each ticker's own study, or why it has none, in the order of the tickers.

    Parameters
    ----------
    settings : Settings
        As `with_universe` returns them.
    strategies : sequence of str, optional
        Sizing strategies that trade each ticker; all by default.
    """
    shared = without_books(settings, strategies).replace(workers=1, quiet=True, prices_sha256=None, **OWN)
    files = files_in(settings.panel.csv_folder)
    found: dict[str, Settings | UserError] = {}
    for ticker in settings.panel.tickers:
        try:
            found[ticker] = shared.replace(ticker=ticker, csv=file_of(ticker, files, settings))
        except UserError as error:
            found[ticker] = error
    return found


def without_books(settings: Settings, strategies: Sequence[str] | None) -> Settings:
    """Return the settings with these sizing strategies, and without parameters of ranking strategies."""
    ranking = find_ranking_strategies()
    own = tuple(pair for pair in settings.trading.param if plugin_of(pair[0]) not in ranking)
    return settings.replace(strategies=strategies, param=own)


def file_of(ticker: str, files: dict[str, Path], settings: Settings) -> Path | None:
    """Return the CSV file of a ticker; None where the panel has no folder."""
    if settings.panel.csv_folder is None:
        return None
    if ticker not in files:
        raise ArgumentError(f"{settings.panel.csv_folder} has no file {ticker}.csv - add it, or leave the ticker out")
    return files[ticker]
