"""Find the classes that a package's files define, so that adding one is adding a file."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from backtrader_walkforward.errors import UserError, reason_of

Base = TypeVar("Base")


def plugin_folders(init_file: str) -> list[str]:
    """Return where the plug-ins of a kind lie, for the `__path__` of the package whose `__init__` file is given.

    First those that come with the package: in an installed one the folder `shipped` inside, in a checkout the folder of
    the same name at its root. Then that of the working folder, where it is another.
    """
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
        If a file cannot be imported, or two define one name.
    """
    found: dict[str, type[Base]] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = import_file(package.__name__, module_info.name)
        for name, member in inspect.getmembers(module, inspect.isclass):
            defined_here = member.__module__ == module.__name__ and not name.startswith("_")
            if defined_here and issubclass(member, base) and member is not base and not inspect.isabstract(member):
                other = found.setdefault(snake_case(name), member)
                if other is not member:
                    files = " and ".join(plugin_file(each.__module__) for each in (member, other))
                    raise UserError(f"{files} both define {name}: rename one of them")
    return found


def plugin_file(module_name: str) -> str:
    """Return where a plug-in stands, as users write it.

    >>> plugin_file("backtrader_walkforward.strategies.kelly")
    'strategies/kelly.py'
    """
    return f"{module_name.removeprefix('backtrader_walkforward.').replace('.', '/')}.py"


def import_file(package_name: str, module_name: str) -> ModuleType:
    """Import a module of a plug-in package; say which file fails, and why, in one line."""
    name = f"{package_name}.{module_name}"
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise UserError(
            f"{plugin_file(name)} cannot be imported: {reason_of(error)} - correct the file, or take it out"
        ) from error
