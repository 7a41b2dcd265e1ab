"""Worker processes with the plug-ins of the process that starts them, as they were read there."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from importlib import import_module

from backtrader_walkforward.plugins.loader import install
from backtrader_walkforward.plugins.packages import PACKAGES
from backtrader_walkforward.system import processes
from backtrader_walkforward.system.source_content import SOURCES, Sources

Inheritance = tuple[int, dict[str, list[str]], Sources]
"""A worker's share of the cores, the folders of the plug-in packages, and the plug-ins as they were read."""


def process_pool(workers: int) -> AbstractContextManager[Executor | None]:
    """Return a context with an executor of `workers` processes; None for one worker, which is this process.

    See `system.processes.process_pool` for what it promises and raises.
    """
    return processes.process_pool(workers, begin_worker, inheritance(workers))


def inheritance(workers: int) -> Inheritance:
    """Return what each of several workers is begun with."""
    folders = {package.__name__: list(package.__path__) for package in PACKAGES.values()}
    return processes.share_of_cores(workers), folders, SOURCES


def begin_worker(cores: int, folders: dict[str, list[str]], sources: Sources) -> None:
    """Prepare a worker: with the plug-ins of its parent, as they were read there, and an end when the parent ends."""
    processes.begin_worker(cores)
    for package, paths in folders.items():
        import_module(package).__path__ = paths
    install(sources)
