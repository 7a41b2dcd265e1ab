"""Commands that show what is stored, and run nothing."""

from backtrader_walkforward.settings.settings import Settings


def manage_cache(settings: Settings, *, action: str) -> None:
    """Show the stored forecasts; `prune` deletes old ones and old tear sheets first."""
    from backtrader_walkforward.forecasting import ForecastCache
    from backtrader_walkforward.reports.tear_sheets.cache import TearSheetCache
    from backtrader_walkforward.reports.write import sheet_folder
    from backtrader_walkforward.system.sqlite_store import cache_folder

    store = ForecastCache(cache_folder(settings.machine.cache_dir))
    if action == "prune":
        sheets = TearSheetCache(sheet_folder(settings.machine.cache_dir))
        print(f"{store.prune()} folds and {sheets.prune()} tear sheets deleted")
    contents = store.contents()
    print("no forecasts are stored" if contents.empty else contents.to_string(index=False))
    for note in store.notes:
        print(f"Note: {note}")


def show_trials(settings: Settings) -> None:
    """Show what was tried on every ticker, a line for each set of settings, and how many trials that makes."""
    from backtrader_walkforward.significance.trials import TrialRegistry
    from backtrader_walkforward.system.sqlite_store import data_folder

    registry = TrialRegistry(data_folder(settings.machine.cache_dir))
    print(*(registry.lines() or ["no trials are recorded"]), sep="\n")
    for note in registry.notes:
        print(f"Note: {note}")
