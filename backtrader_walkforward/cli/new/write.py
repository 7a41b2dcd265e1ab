"""The files of a new plug-in, from templates."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shlex import quote
from string import Template

from backtrader_walkforward.cli.help import to_type
from backtrader_walkforward.cli.new.names import class_name, require_free
from backtrader_walkforward.cli.own_options import PLUGINS
from backtrader_walkforward.errors import ArgumentError, UserError
from backtrader_walkforward.settings.settings import Settings

DISTRIBUTION = "backtrader-walkforward"

TEMPLATES = Path(__file__).parent / "templates"

USES = {
    "strategy": "--strategies {name}",
    "predictor": "--predictor {name}",
    "analyzer": "",
}
"""Options that use a plug-in of each kind; none for an analyzer, which is in every run."""


def new(settings: Settings, *, kind: str | None, name: str | None) -> None:
    """Write `./strategies/NAME.py`, or that of another kind, and `./tests/strategies/test_NAME.py`.

    Raises
    ------
    UserError
        If the name is no good or taken, or a file is there already. Nothing is written then.
    """
    if kind is None or name is None:
        raise ArgumentError(f"new needs a kind and a name - for example {to_type()} new strategy my_rule")
    require_free(kind, name)
    folder = PLUGINS[kind]
    files = {Path(folder) / f"{name}.py": kind, Path("tests") / folder / f"test_{name}.py": f"test_{kind}"}
    for path in files:
        if path.exists():
            raise UserError(f"{path} is there already - choose another name, or move the file away")
    write_new({path: filled(template, name) for path, template in files.items()})
    for path in files:
        print(f"Written: {path}")
    print(f"Run it:  {to_type()} {USES[kind].format(name=name)}".rstrip())
    print(f"Test it: {path_to_package()}python -m pytest {list(files)[1]}")


def path_to_package() -> str:
    """Return what lets Python find the package where it is neither installed nor in the working folder."""
    try:
        distribution(DISTRIBUTION)
    except PackageNotFoundError:
        root = Path(__file__).parents[3]
        return "" if root == Path.cwd() else f"PYTHONPATH={quote(str(root))} "
    return ""


def filled(template: str, name: str) -> str:
    """Return a template with the name of the plug-in and of its class."""
    text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    words = name.replace("_", " ")
    return Template(text).substitute(name=name, Class=class_name(name), words=words[:1].upper() + words[1:])


def write_new(texts: Mapping[Path, str]) -> None:
    """Write files that are not there yet, and the folders that they lie in: all files, or none."""
    begun: list[Path] = []
    try:
        for path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as file:
                begun.append(path)
                file.write(text)
    except OSError as error:
        for half in begun:
            half.unlink()
        raise UserError(f"cannot write {path}: {error.strerror} - go to a folder of your own") from error
