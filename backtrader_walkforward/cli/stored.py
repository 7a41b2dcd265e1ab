"""The commands `cache` and `trials`. They show what is stored, and run no study."""

from backtrader_walkforward.settings.settings import Settings


def manage_cache(settings: Settings, *, action: str) -> None:
    """Show the content of the caches; `prune` first deletes entries that were not used for a long time."""
    import pandas as pd

    from backtrader_walkforward.system.cache import CACHES, Cache

    caches = [Cache(name, settings.machine.cache_dir) for name in CACHES]
    if action == "prune":
        print(f"{sum(cache.prune() for cache in caches)} entries deleted")
    contents = [{"cache": cache.content, **row._asdict()} for cache in caches for row in cache.contents()]
    print(pd.DataFrame(contents).to_string(index=False) if contents else "the caches are empty")
    for note in (note for cache in caches for note in cache.notes):
        print(f"Note: {note}")


def show_trials(settings: Settings) -> None:
    """Show the trials of every ticker: one line for each set of settings, then their number."""
    from backtrader_walkforward.significance.trials import TrialRegistry

    registry = TrialRegistry(settings.machine.cache_dir)
    print(*(registry.lines() or ["no trials are recorded"]), sep="\n")
    for note in registry.notes:
        print(f"Note: {note}")
