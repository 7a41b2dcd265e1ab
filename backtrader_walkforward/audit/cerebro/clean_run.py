"""Runs of a Cerebro in a clean room: a process that has seen no other prices than those it is given."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import Any

import backtrader as bt
import cloudpickle
import numpy as np
import pandas as pd

from backtrader_walkforward.audit.cerebro.recorder import DecisionRecorder, StrategyRecord
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of
from backtrader_walkforward.audit.opened_files import OpenedFile, is_foreign, place_of_code
from backtrader_walkforward.errors import ArgumentError, UserError, reason_of
from backtrader_walkforward.evaluation.books.fill_prices import FillTerms

Prices = pd.DataFrame | Mapping[str, pd.DataFrame]
"""One frame, or several by name."""

Factory = Callable[[Any], bt.Cerebro]
"""Builds a Cerebro with feeds, broker and strategies from prices."""

RECORDER = "audit_recorder"

NO_TIMER = bt.Strategy.notify_timer


@dataclass(frozen=True)
class Declared:
    """What the broker of a Cerebro that has not run says of fills."""

    fill: FillTerms
    least: list[np.ndarray]
    """Least commission of each fill of each strategy."""


@dataclass(frozen=True)
class CerebroRun:
    """A run on one history, or why there is none."""

    strategies: list[StrategyRecord] = field(default_factory=list)
    declared: Declared | None = None
    """None for a broker without Backtrader's parameters of slippage."""
    rearranges_bars: bool = False
    """Whether a feed is resampled or replayed: its bars are no rows of the prices."""
    acts_at_opens: bool = False
    """Whether it may send orders in a bar that has come and is not traded yet: `cheat_on_open`, or a timer."""
    failure: str = ""
    """Why the run failed, with the code that did."""
    misses_a_bar: bool = False
    """Whether it failed as a bar is not there."""


class CleanRuns:
    """Runs the Cerebro of a factory in processes of their own.

    Parameters
    ----------
    factory : bytes
        The factory, pickled.
    workers : int
        Processes that run at a time.

    Attributes
    ----------
    opened : list of OpenedFile
        What the code of the factory has opened so far.
    """

    def __init__(self, factory: bytes, workers: int) -> None:
        self.workers = workers
        self.opened: list[OpenedFile] = []
        self._factory = factory

    def of(self, *groups: Sequence[Prices], bar_by_bar: bool = False) -> list[list[CerebroRun]]:
        """Return the runs on the histories of each group, which share a process in their order."""
        rooms = [CleanRoom(run_histories, group, (self._factory, bar_by_bar), lambda _: ()) for group in groups]
        runs = []
        for answer in answers_of(rooms, self.workers):
            if isinstance(answer, Failure):
                raise UserError(f"the Cerebro cannot be audited: {answer.reason}")
            runs.append(answer)
        self.opened += [file for room in rooms for file in room.opened]
        return runs


def run_histories(histories: Iterator[Prices], factory: bytes, bar_by_bar: bool) -> list[CerebroRun]:
    """Run the Cerebro that the factory builds of each history."""
    runs, build = [], None
    for prices in histories:
        build = build or cloudpickle.loads(factory)  # once there are prices: it may import what reads them
        runs.append(run_once(build, prices, bar_by_bar))
    return runs


def run_once(factory: Factory, prices: Prices, bar_by_bar: bool) -> CerebroRun:
    """Return the run on one history; with `bar_by_bar` each bar is loaded when it is due."""
    try:
        cerebro = _built(factory, prices)
        cerebro.addanalyzer(DecisionRecorder, _name=RECORDER)
        ran = cerebro.run(preload=False, runonce=False) if bar_by_bar else cerebro.run()
        if not ran or isinstance(ran[0], list):
            raise ArgumentError("the Cerebro of the factory must have strategies, and no optimization")
        strategies = [strategy.analyzers.getbyname(RECORDER).record() for strategy in ran]
        rearranges = any(data.resampling or data.replaying for data in cerebro.datas)
        declared = declared_by(_built(factory, prices), strategies)
        return CerebroRun(strategies, declared, rearranges, acts_at_opens(cerebro, ran))
    except Exception as error:
        return CerebroRun(failure=described(error), misses_a_bar=isinstance(error, IndexError))


def acts_at_opens(cerebro: bt.Cerebro, strategies: Iterable[bt.Strategy]) -> bool:
    """Tell whether a Cerebro calls its strategies, or hears a timer itself, before a bar is traded."""
    hears = type(cerebro).notify_timer is not bt.Cerebro.notify_timer
    return hears or cerebro.p.cheat_on_open or any(type(one).notify_timer is not NO_TIMER for one in strategies)


def _built(factory: Factory, prices: Prices) -> bt.Cerebro:
    cerebro = factory(prices)
    if not isinstance(cerebro, bt.Cerebro):
        raise ArgumentError(f"factory must return a Cerebro, found {type(cerebro).__name__}: return it at its end")
    return cerebro


def described(error: BaseException) -> str:
    """Return an error as one line that begins with the innermost code of the user."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__) if is_foreign(frame)]
    return f"{place_of_code(frames[-1])}: {reason_of(error)}" if frames else reason_of(error)


def declared_by(cerebro: bt.Cerebro, strategies: list[StrategyRecord]) -> Declared | None:
    """Return how a Cerebro that has not run says that orders fill, and the least commission of each fill."""
    params = cerebro.broker.p
    if not hasattr(params, "slip_perc"):
        return None
    fill = FillTerms(params.slip_perc, params.slip_fixed, params.slip_open, params.slip_out, params.coc)
    schemes = [cerebro.broker.getcommissioninfo(data) for data in cerebro.datas]

    def least_of(fills: pd.DataFrame) -> np.ndarray:
        rows = fills[["feed", "size", "price"]].itertuples(index=False)
        return np.array([schemes[feed].getcommission(size, price) for feed, size, price in rows], dtype=float)

    return Declared(fill, [least_of(one.fills) for one in strategies])
