"""The command `cache`."""

from backtrader_walkforward.settings.settings import Settings


def manage_cache(settings: Settings, *, action: str) -> None:
    """Show the content of the caches; `prune` first deletes entries that were not used for a long time."""
    from backtrader_walkforward.reports.formatting import count
    from backtrader_walkforward.reports.terminal import Terminal
    from backtrader_walkforward.system.cache import CACHES, Cache

    terminal = Terminal()
    caches = [Cache(name, settings.machine.cache_dir) for name in CACHES]
    if action == "prune":
        terminal.says(f"{sum(cache.prune() for cache in caches)} entries deleted")
    rows = [
        (cache.content, row.label, count(row.entries), count(row.bytes), row.last_used)
        for cache in caches
        for row in cache.contents()
    ]
    if rows:
        terminal.figures(["Cache", "Entries of", "Number", "Bytes", "Last used"], rows, words=2)
    else:
        terminal.says("the caches are empty")
    terminal.says(*(f"Note: {note}" for cache in caches for note in cache.notes))
