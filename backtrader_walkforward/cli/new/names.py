"""Names of plug-ins: which are good, and which are taken."""

import keyword
import re
from importlib import import_module

from backtrader_walkforward.cli.own_options import PLUGINS
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.plugins import plugin_modules, snake_case
from backtrader_walkforward.trading.analyzers import RECORDERS, RESERVED, analyzer_plugins, declared_metrics

PATTERN = r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*"
"""Words of small letters and digits: what the name of a class turns into."""

LONGEST_NAME = 32

NOT_TO_USE = (
    *("analyzer", "buy_and_hold", "metric", "predictor", "ranking_strategy", "shipped", "sizing_strategy"),
    *("all", "none"),
)
"""Names of our own classes and accounts, and words of options that take names."""


def class_name(name: str) -> str:
    """Return the name of the class of a plug-in.

    >>> class_name("capped_kelly2x")
    'CappedKelly2x'
    """
    return "".join(word.capitalize() for word in name.split("_"))


def is_good(name: str) -> bool:
    """Tell whether the class of a plug-in of this name goes by it: that of `a_b` would go by `ab`."""
    return bool(re.fullmatch(PATTERN, name)) and len(name) <= LONGEST_NAME and snake_case(class_name(name)) == name


def names_in_results() -> set[str]:
    """Return the names that no metric of a new analyzer can have."""
    return {*RECORDERS, *RESERVED, *declared_metrics(analyzer_plugins())}


def require_free(kind: str, name: str) -> None:
    """Raise ArgumentError unless a new plug-in may have the name."""
    if not is_good(name):
        near = re.sub(r"[^a-z0-9_]", "", re.sub(r"[- ]", "_", snake_case(name))).strip("_")
        example = near if is_good(near) else f"my_{kind}"
        raise ArgumentError(
            f"NAME must be words of small letters and digits with _ between them, {LONGEST_NAME} characters at most:"
            f" {name!r} - for example {example}"
        )
    if keyword.iskeyword(name) or name in NOT_TO_USE:
        raise ArgumentError(f"NAME {name!r} has a meaning of its own - for example my_{name}")
    if kind == "analyzer" and name in names_in_results():
        raise ArgumentError(f"NAME {name!r} is what results have already - for example my_{name}")
    if name in plugin_modules(import_module(f"backtrader_walkforward.{PLUGINS[kind]}")):
        raise ArgumentError(f"there is a {kind} {name!r} already - choose another name")
