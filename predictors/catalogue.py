"""The predictors in this folder, by name."""

from functools import cache
from typing import Any

import predictors
from discovery import find_subclasses
from errors import ArgumentError, did_you_mean
from predictors.base import Predictor


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
