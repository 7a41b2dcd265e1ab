"""The plug-ins of one process for another: as files, which a worker puts in the place of its own."""

import sys
from functools import cache
from importlib import invalidate_caches
from pathlib import Path
from tempfile import TemporaryDirectory

from backtrader_walkforward.plugins.loader import PREFIXES
from backtrader_walkforward.plugins.packages import PACKAGES
from backtrader_walkforward.plugins.source_files import helper_files
from backtrader_walkforward.system.source_content import SOURCES, content_of

PluginFiles = dict[str, bytes]
"""Contents of plug-ins, and of what they import from their working folder, by their paths below such a folder."""


def plugin_files() -> PluginFiles:
    """Return the files of all plug-ins that this process has read, as they were read."""
    read = [_files_of(Path(path), content) for path, content in SOURCES.values()]
    return {name: content for files in read for name, content in files.items()}


@cache
def _files_of(plugin: Path, content: bytes) -> PluginFiles:
    """Return the files of a plug-in with this content: its own, and its helpers."""
    helpers = {_portable_name(file, plugin): content_of(file) for file in helper_files(plugin)}
    return {_portable_name(plugin, plugin): content, **helpers}


def _portable_name(file: Path, plugin: Path) -> str:
    """Return the path of a file below a working folder; that of a plug-in begins with its kind."""
    for kind, package in PACKAGES.items():
        for folder in map(Path, package.__path__):
            if file.is_relative_to(folder.resolve()):
                return f"{kind}/{file.relative_to(folder.resolve()).as_posix()}"
    return file.relative_to(plugin.parents[1]).as_posix()


def adopt(plugins: PluginFiles) -> None:
    """Let these plug-ins, and no others, be those of this process; a process that has read them itself keeps its own.

    They are written into a folder, so that they are found, imported and made part of keys as any others are. What was
    imported of other plug-ins is imported again.
    """
    global _adopted
    if _adopted is None and plugins.items() <= plugin_files().items():
        return
    if _adopted is None or plugins != _adopted.plugins:
        former, _adopted = _adopted, AdoptedPlugins(plugins)
        _forget_modules(plugins)
        if former:
            former.delete()


class AdoptedPlugins:
    """The plug-ins of another process in a folder, which stands in for its working folder."""

    def __init__(self, plugins: PluginFiles) -> None:
        self.plugins = plugins
        self._folder = TemporaryDirectory(prefix="backtrader-walkforward-")
        root = Path(self._folder.name).resolve()
        for name, content in plugins.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        for kind, package in PACKAGES.items():
            package.__path__[:] = [str(root / kind)]
        sys.path.insert(0, str(root))
        self._root = str(root)
        invalidate_caches()

    def delete(self) -> None:
        """Delete the folder; nothing is imported from there any more."""
        sys.path.remove(self._root)
        self._folder.cleanup()


def _forget_modules(plugins: PluginFiles) -> None:
    """Forget the modules of all plug-ins, and those of the helpers of these."""
    SOURCES.clear()
    helpers = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in plugins}
    for name in [name for name in sys.modules if name.startswith(PREFIXES) or name in helpers]:
        del sys.modules[name]


_adopted: AdoptedPlugins | None = None
