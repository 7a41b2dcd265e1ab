"""The members of an ensemble: the predictors that the settings ask for, with their parameters and seeds."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import predictor_call
from backtrader_walkforward.forecasting.ensemble.asked import target_of
from backtrader_walkforward.forecasting.ensemble.found import find_predictors, make_predictor
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.settings.parameter_sets import parameter_sets
from backtrader_walkforward.settings.parameters import plugin_of, take_value
from backtrader_walkforward.settings.settings import Settings


def ensemble_members(settings: Settings) -> tuple[Predictor, ...]:
    """Return the members of the ensemble that the settings ask for: `ensemble` seeds of each random predictor.

    Raises
    ------
    ArgumentError
        If a predictor is unknown, or several seeds are asked for and no predictor is random.
    """
    asked = settings.forecast
    options = {"target": target_of(settings), "seed": asked.seed, "epochs": asked.epochs, "units": asked.units}
    kinds = [make_predictor(name, **options, **own_parameters(name, settings)) for name in settings.predictor_names]
    if asked.ensemble > 1 and not any(kind.is_random for kind in kinds):
        raise ArgumentError(
            f"--ensemble {asked.ensemble} needs a predictor that is random: {asked.predictor}"
            " forecasts the same with any seed - leave it out, or add another kind, as in --predictor lstm,ridge"
        )
    return tuple(
        clone(kind).set_params(seed=member_seed(asked.seed, member))
        for kind in kinds
        for member in range(asked.ensemble if kind.is_random else 1)
    )


SET_BY_THE_RUN = {name: f"write --{name}" for name in ("target", "seed", "epochs", "units")}
SET_BY_THE_RUN |= dict.fromkeys(("initial_weights", "learning_rates"), "leave it out")
"""Parameters of predictors that are settings of the run, and what to write."""


def own_parameters(name: str, settings: Settings) -> dict[str, Any]:
    """Return the parameters of a predictor that the settings set from outside.

    Raises
    ------
    ArgumentError
        If it lacks a parameter, a value has another type, or there are several.
    """
    asked = [(one, values) for one, values in settings.trading.param if plugin_of(one) == name]
    kind = find_predictors().get(name) if asked else None
    if kind is None:
        return {}
    found = parameter_sets(name, tuple(asked), predictor_call.defaults_of(kind), SET_BY_THE_RUN)
    if len(found) > 1:
        several, values = next(pair for pair in asked if len(pair[1]) > 1)
        raise ArgumentError(
            f"--param {several} must have one value: each of several makes another forecast, and a run has one"
            f" - run with --param {several}={values[0]}, again with --param {several}={values[1]}, and give the folders"
            " of both runs to the command compare"
        )
    return found[0]


def with_typed_parameters(settings: Settings) -> Settings:
    """Return the settings with each parameter of a predictor in the type of its default: 10 and 10.0 are one trial."""
    typed = {
        f"{predictor}.{name}": (take_value(value),)
        for predictor in settings.predictor_names
        for name, value in own_parameters(predictor, settings).items()
    }
    return settings.replace(param=tuple((name, typed.get(name, values)) for name, values in settings.trading.param))


def as_text(members: Sequence[Predictor]) -> str:
    """Return the members as text: `lstm`, `mean of lstm x 3, ridge`."""
    counts = Counter(snake_case(type(member).__name__) for member in members)
    names = ", ".join(f"{name} x {count}" if count > 1 else name for name, count in counts.items())
    return names if len(members) == 1 else f"mean of {names}"


def as_members(predictor: Predictor | Sequence[Predictor]) -> Sequence[Predictor]:
    """Return the members of an ensemble; one predictor is an ensemble of one."""
    return [predictor] if isinstance(predictor, Predictor) else predictor


def member_seed(seed: int, member: int) -> int:
    """Return the seed of a member. The first one has the run's own: an ensemble of one is the single predictor.

    The seeds of the others come from the run's seed and the member's number alone. A larger ensemble has the same first
    members, and the runs of `--seeds` have no member in common.
    """
    if member == 0:
        return seed
    return int(np.random.SeedSequence(seed, spawn_key=(member,)).generate_state(1)[0] >> 1)
