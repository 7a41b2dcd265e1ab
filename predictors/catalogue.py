"""The predictors in this folder, by name, and what a run asks for."""

from dataclasses import fields
from functools import cache
from typing import Any

import predictors
from config import Config
from discovery import find_subclasses
from errors import ArgumentError, did_you_mean
from predictors.base import Predictor
from predictors.walk_forward import WalkForward


@cache
def find_predictors() -> dict[str, type[Predictor]]:
    """Return every predictor class in this folder, under the name users type."""
    return find_subclasses(predictors, Predictor)  # type: ignore[type-abstract]


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


def predictor_of(config: Config) -> Predictor:
    """Return the predictor that a run asks for."""
    return make_predictor(config.predictor, target=config.target, seed=config.seed, epochs=config.epochs)


def walk_forward_of(config: Config) -> WalkForward:
    """Return the walk-forward that a run asks for: its settings have the same names there."""
    own = {field.name for field in fields(WalkForward)}
    return WalkForward(**{name: value for name, value in vars(config).items() if name in own})
