"""The user's folders for files that outlive a run."""

from pathlib import Path

import platformdirs

APPLICATION = "backtrader-walkforward"
"""Name of both folders."""


def cache_folder(cache_dir: Path | None) -> Path:
    """Return the folder of all caches: `cache_dir`, or the user's own."""
    return cache_dir or Path(platformdirs.user_cache_dir(APPLICATION))


def data_folder(cache_dir: Path | None) -> Path:
    """Return the folder of all ledgers: `cache_dir`, or the user's own."""
    return cache_dir or Path(platformdirs.user_data_dir(APPLICATION))
