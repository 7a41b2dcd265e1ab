"""The studies of a panel's tickers in the cache: a panel that was interrupted goes on, and memory does not grow."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Self
from weakref import finalize

import numpy as np

from backtrader_walkforward.errors import ArgumentError, UserError, did_you_mean
from backtrader_walkforward.forecasting import Forecasts
from backtrader_walkforward.panels.tasks import ticker_study
from backtrader_walkforward.panels.tasks.ticker_study import TickerStudy, TickerTask
from backtrader_walkforward.plugins.source_files import source_files
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.cache_key import NoKeyError, cache_key
from backtrader_walkforward.trading.analyzers import find_analyzers

LIBRARIES = ("backtrader", "matplotlib", "numpy", "pandas", "scikit-learn", "statsmodels", "ta-lib")
"""Libraries that a study comes from, beside those of its predictor."""


@dataclass(frozen=True)
class Studies(Mapping[str, TickerStudy]):
    """The studies by ticker, read from the cache one at a time."""

    cache: Cache
    keys_by_ticker: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the place of the studies of a panel: the user's cache, or a folder that goes when they are dropped."""
        if settings.machine.use_cache:
            return cls(Cache("studies", settings.machine.cache_dir))
        folder = mkdtemp(prefix="panel-")
        studies = cls(Cache("studies", Path(folder)))
        finalize(studies, rmtree, folder, ignore_errors=True)
        return studies

    def __getitem__(self, ticker: str) -> TickerStudy:
        if ticker not in self.keys_by_ticker:
            raise ArgumentError(f"the panel has no ticker {ticker!r}{did_you_mean(str(ticker), self)}")
        key = self.keys_by_ticker[ticker]
        if key not in (found := self.cache.get([key])):
            raise UserError(f"the study of {ticker} is no longer in the cache - run the panel again")
        return TickerStudy.from_bytes(found[key])

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.keys_by_ticker))

    def __len__(self) -> int:
        return len(self.keys_by_ticker)

    def find(self, ticker: str, key: str) -> bool:
        """Take a stored study, if there is one; tell whether there is."""
        if found := bool(self.cache.get([key])):
            self.keys_by_ticker[ticker] = key
        return found

    def store(self, ticker: str, key: str, study: bytes) -> None:
        """Store a study that has ended."""
        self.cache.put(key, study, ticker)
        self.keys_by_ticker[ticker] = key


class StudyKeys:
    """The keys of studies: digests of all that decides them."""

    def __init__(self, stages: Stages) -> None:
        plugins = [type(member) for member in stages.members] + [one.strategy for one in stages.variants]
        plugins += [analyzer for name, analyzer in find_analyzers().items()]
        files = {Path(inspect.getfile(plugin)) for plugin in plugins} | {Path(ticker_study.__file__)}
        self._files = source_files(*files)
        self._libraries = sorted({*LIBRARIES, *(name for member in stages.members for name in member.libraries)})

    def key(self, task: TickerTask) -> str:
        """Return the key of a study.

        Raises
        ------
        UserError
            If a parameter of a predictor has no canonical text.
        """
        prices, settings = task.prices, task.settings
        parts: dict[str, Any] = {
            "settings": settings.result_settings(),
            "practice": settings.report.practice,
            "prices": prices.sha256,
            "quoted": None if prices.unadjusted_close is None else prices.unadjusted_close.to_numpy("<f8"),
            "labels": [prices.ticker, prices.source, *prices.notes, str(prices.calendar and prices.calendar.name)],
            "forecasts": None if task.forecasts is None else digestible(task.forecasts.items()),
        }
        try:
            return cache_key(parts, self._files, self._libraries)
        except NoKeyError as error:
            raise UserError(f"the study of {prices.ticker} cannot be stored: {error} - change the plug-in") from error


def digestible(forecasts: Iterable[tuple[int, Forecasts]]) -> dict[str, Any]:
    """Return forecasts as parts of a key."""
    return {
        str(seed): {
            "table": made.table.to_numpy(dtype="<f8"),
            "days": made.table.index.to_numpy().astype("datetime64[D]").astype("<i8"),
            "fits": np.array([made.epochs, made.out_of_range], dtype=object).astype(float),
        }
        for seed, made in forecasts
    }
