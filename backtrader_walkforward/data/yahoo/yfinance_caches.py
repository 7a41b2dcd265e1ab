"""Where yfinance keeps its own small stores."""

from pathlib import Path

from backtrader_walkforward.system.sqlite_file import quarantine_if_damaged


def place_caches(cache_dir: Path) -> list[str]:
    """Point yfinance's stores of time zones and cookies into `cache_dir`; return a line for each that was damaged.

    yfinance does without them where the folder cannot be written, but raises on a damaged file.
    """
    import yfinance

    folder = cache_dir / "yfinance"
    yfinance.set_tz_cache_location(str(folder))
    notes = (quarantine_if_damaged(folder / name) for name in ("tkr-tz.db", "cookies.db"))
    return [note for note in notes if note]
