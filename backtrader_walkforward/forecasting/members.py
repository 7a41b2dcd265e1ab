"""Predictors by their names, and the ensemble and walk-forward that the settings ask for."""

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
    """Return every predictor class in `predictors/`, by the name that users type."""
    return find_subclasses(backtrader_walkforward.predictors, Predictor)  # type: ignore[type-abstract]


def make_predictor(name: str, **settings: Any) -> Predictor:
    """Return a predictor with the settings that it takes; `mean` has no `epochs`, for example.

    Raises
    ------
    ArgumentError
        If no file in `predictors/` defines `name`.
    """
    found = find_predictors()
    if name not in found:
        raise ArgumentError(f"--predictor names no predictor: {name!r}{did_you_mean(name, found)}")
    taken = found[name]().get_params(deep=False)
    return found[name](**{key: value for key, value in settings.items() if key in taken})


def ensemble_members(settings: Settings) -> tuple[Predictor, ...]:
    """Return the members of the ensemble that the settings ask for: `ensemble` seeds of each random predictor.

    Raises
    ------
    ArgumentError
        If a predictor is unknown, or several seeds are asked for and no predictor is random.
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
    """Return the members as text: `lstm`, `mean of lstm x 3, ridge`."""
    counts = Counter(snake_case(type(member).__name__) for member in members)
    names = ", ".join(f"{name} x {count}" if count > 1 else name for name, count in counts.items())
    return names if len(members) == 1 else f"mean of {names}"


def walk_forward_of(settings: Settings) -> WalkForward:
    """Return the walk-forward that the settings ask for; its fields have the names of the settings."""
    own = {field.name for field in fields(WalkForward)}
    return WalkForward(**{name: value for name, value in vars(settings.forecast).items() if name in own})
