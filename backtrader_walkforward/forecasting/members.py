"""The predictors in this folder, by name, and what a run asks for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from sklearn.base import clone

import backtrader_walkforward.predictors
from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.forecasting.ensemble import member_seed
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward
from backtrader_walkforward.plugins import find_subclasses, snake_case
from backtrader_walkforward.settings.settings import Settings


@cache
def find_predictors() -> dict[str, type[Predictor]]:
    """Return every predictor class in this folder, under the name users type."""
    return find_subclasses(backtrader_walkforward.predictors, Predictor)  # type: ignore[type-abstract]


def make_predictor(name: str, **settings: Any) -> Predictor:
    """Return a predictor with those of the settings that it takes: `epochs` means nothing to the mean.

    Raises
    ------
    ArgumentError
        If no file in this folder defines `name`.
    """
    found = find_predictors()
    if name not in found:
        raise ArgumentError(f"--predictor names no predictor: {name!r}{did_you_mean(name, found)}")
    taken = found[name]().get_params(deep=False)
    return found[name](**{key: value for key, value in settings.items() if key in taken})


def ensemble_members(settings: Settings) -> tuple[Predictor, ...]:
    """Return the predictors whose mean a run asks for: one, or `ensemble` seeds of each random kind.

    Raises
    ------
    ArgumentError
        If a kind is unknown, or several seeds are asked for where no kind is random.
    """
    kinds = [
        make_predictor(
            name, target=settings.forecast.target, seed=settings.forecast.seed, epochs=settings.forecast.epochs
        )
        for name in settings.predictor_names
    ]
    if settings.forecast.ensemble > 1 and not any(kind.is_random for kind in kinds):
        raise ArgumentError(
            f"--ensemble {settings.forecast.ensemble} needs a predictor that is random: {settings.forecast.predictor}"
            " forecasts the same with any seed - leave it out, or add another kind, as in --predictor lstm,ridge"
        )
    return tuple(
        clone(kind).set_params(seed=member_seed(settings.forecast.seed, member))
        for kind in kinds
        for member in range(settings.forecast.ensemble if kind.is_random else 1)
    )


def as_text(members: Sequence[Predictor]) -> str:
    """Return what an ensemble is made of: `lstm`, `mean of lstm x 3, ridge`."""
    counts = Counter(snake_case(type(member).__name__) for member in members)
    told = ", ".join(f"{name} x {count}" if count > 1 else name for name, count in counts.items())
    return told if len(members) == 1 else f"mean of {told}"


def walk_forward_of(settings: Settings) -> WalkForward:
    """Return the walk-forward that a run asks for: its settings have the same names there."""
    own = {field.name for field in fields(WalkForward)}
    return WalkForward(**{name: value for name, value in vars(settings.forecast).items() if name in own})
