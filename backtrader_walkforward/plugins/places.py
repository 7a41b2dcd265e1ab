"""Where plug-ins lie, and what they are called."""

import pkgutil
import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.plugins.loader import install

BASES = {"strategies": "SizingStrategy", "predictors": "Predictor", "analyzers": "Metric"}
"""Names that a plug-in imports from the package itself; a folder of plug-ins is no package of its own."""


def plugin_folders(init_file: str) -> list[str]:
    """Return the folders of one kind of plug-in, for the `__path__` of the package with the given `__init__` file.

    The plug-ins of the package come first: in an installed package they lie in the folder `shipped` inside, in a
    checkout in the folder of the same name at its root. The folder of that name in the working folder follows.
    From now on a plug-in runs as it was read first, here and in worker processes.
    """
    install()
    package = Path(init_file).resolve().parent
    inside = package / "shipped"
    shipped = inside if inside.is_dir() else package.parents[1] / package.name
    return list(dict.fromkeys([str(shipped), str(Path.cwd() / package.name)]))


def snake_case(class_name: str) -> str:
    """Turn a class name into the name users type.

    >>> snake_case("VolatilityAdjusted"), snake_case("LSTM"), snake_case("Kelly2x")
    ('volatility_adjusted', 'lstm', 'kelly2x')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name)
    return words.lower()


def plugin_modules(package: ModuleType) -> list[str]:
    """Return the names of the modules of a plug-in package in order; refuse two files of one name."""
    folders = [[info.name for info in pkgutil.iter_modules([folder])] for folder in dict.fromkeys(package.__path__)]
    names = sorted(name for folder in folders for name in folder)
    for name, following in pairwise(names):
        if name == following:
            file = plugin_file(f"{package.__name__}.{name}")
            raise UserError(f"{file} of the working folder has the name of a file of the package: rename it")
    return names


def plugin_file(module_name: str) -> str:
    """Return where a plug-in stands, as users write it.

    >>> plugin_file("backtrader_walkforward.strategies.kelly")
    'strategies/kelly.py'
    """
    return f"{module_name.removeprefix('backtrader_walkforward.').replace('.', '/')}.py"


def place_of(plugin: type) -> str:
    """Return the file and the name of a plug-in, `analyzers/costs.py: Costs`; the name alone of any other class."""
    kind = plugin.__module__.removeprefix("backtrader_walkforward.").partition(".")[0]
    return f"{plugin_file(plugin.__module__)}: {plugin.__name__}" if kind in BASES else plugin.__name__
