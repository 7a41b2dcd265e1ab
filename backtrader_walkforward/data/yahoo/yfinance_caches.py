"""The files in which yfinance caches time zones and cookies."""

from pathlib import Path

from backtrader_walkforward.system.sqlite_file import quarantine_if_damaged


def place_caches(cache_dir: Path) -> list[str]:
    """Let yfinance keep its caches in `cache_dir`; return a note on each one that was damaged.

    yfinance works without them if the folder cannot be written, but raises an error for a damaged file.
    """
    import yfinance

    folder = cache_dir / "yfinance"
    yfinance.set_tz_cache_location(str(folder))
    notes = (quarantine_if_damaged(folder / name) for name in ("tkr-tz.db", "cookies.db"))
    return [note for note in notes if note]
