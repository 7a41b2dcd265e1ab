"""Plug-ins: classes found in the files of a folder, so that adding one means adding a file."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.system.plugin_source import install

Base = TypeVar("Base")


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


def find_subclasses(package: ModuleType, base: type[Base]) -> dict[str, type[Base]]:
    """Import every module of `package` and return its concrete subclasses of `base`, by name.

    A class is found where it is defined, so importing one class into another's file does not list it twice.
    Abstract classes and names with a leading underscore are left out.

    Raises
    ------
    UserError
        If a file cannot be imported, two files have one name, or two classes have one.
    """
    found: dict[str, type[Base]] = {}
    for file in plugin_modules(package):
        module = import_file(package.__name__, file)
        for name, member in inspect.getmembers(module, inspect.isclass):
            defined_here = member.__module__ == module.__name__ and not name.startswith("_")
            if defined_here and issubclass(member, base) and member is not base and not inspect.isabstract(member):
                other = found.setdefault(snake_case(name), member)
                if other is not member:
                    files = " and ".join(plugin_file(each.__module__) for each in (member, other))
                    raise UserError(f"{files} both define {name}: rename one of them")
    return found


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


class PluginCall:
    """A call of a plug-in: every error of its code becomes one line that begins with the place.

    So do `SystemExit` and whatever else would end the process: no plug-in decides the exit code. Ctrl-C passes, and an
    error that names the plug-in already.

    Parameters
    ----------
    place : callable
        Returns the file, the class and the method; called when there is an error.
    kind : type of UserError
    """

    def __init__(self, place: Callable[[], str], kind: type[UserError]) -> None:
        self.place, self.kind = place, kind

    def __enter__(self) -> None:
        """Begin the call."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the error that names the place."""
        if error is not None and not isinstance(error, self.kind | KeyboardInterrupt):
            raise self.kind(f"{self.place()} failed: {reason_of(error)}") from error


BASES = {"strategies": "SizingStrategy", "predictors": "Predictor", "analyzers": "Metric"}
"""Names that a plug-in imports from the package itself; a folder of plug-ins is no package of its own."""


def import_file(package_name: str, module_name: str) -> ModuleType:
    """Import a module of a plug-in package; raise an error that names the file and the reason in one line."""
    name, said = f"{package_name}.{module_name}", StringIO()
    try:
        with redirect_stderr(said):  # a parser of arguments at the top of a file prints its usage
            module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        remedy, missing = "correct the file, or take it out", getattr(error, "name", None) or ""
        if base := BASES.get(missing.split(".")[0]):
            remedy = f"write 'from backtrader_walkforward import {base}'"
        raise UserError(f"{plugin_file(name)} cannot be imported: {reason_of(error)} - {remedy}") from error
    print(said.getvalue(), end="", file=sys.stderr)
    return module
