"""Commands that show what is stored, and run nothing."""

from backtrader_walkforward.settings.settings import Settings


def manage_cache(settings: Settings, *, action: str) -> None:
    """Show what the caches hold; `prune` deletes entries that were not used for long first."""
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
    """Show what was tried on every ticker, a line for each set of settings, and how many trials that makes."""
    from backtrader_walkforward.significance.trials import TrialRegistry

    registry = TrialRegistry(settings.machine.cache_dir)
    print(*(registry.lines() or ["no trials are recorded"]), sep="\n")
    for note in registry.notes:
        print(f"Note: {note}")
