"""Commands that show what is stored, and run nothing."""

from backtrader_walkforward.settings.settings import Config


def manage_cache(config: Config) -> None:
    """Show the stored forecasts, after forgetting old ones and old tear sheets if asked to."""
    from backtrader_walkforward.forecasting import ForecastCache
    from backtrader_walkforward.reports.tear_sheets.cache import TearSheetCache
    from backtrader_walkforward.reports.write import sheet_folder
    from backtrader_walkforward.system.sqlite_store import cache_folder

    store = ForecastCache(cache_folder(config.cache_dir))
    if config.store == "prune":
        print(
            f"{store.prune()} folds and {TearSheetCache(sheet_folder(config.cache_dir)).prune()} tear sheets forgotten"
        )
    contents = store.contents()
    print("no forecasts are stored" if contents.empty else contents.to_string(index=False))
    for note in store.notes:
        print(f"Note: {note}")


def show_trials(config: Config) -> None:
    """Show what was tried on every ticker, a line for each set of settings, and how many trials that makes."""
    from backtrader_walkforward.significance.trials import TrialRegistry
    from backtrader_walkforward.system.sqlite_store import data_folder

    registry = TrialRegistry(data_folder(config.cache_dir))
    print(*(registry.lines() or ["no trials are recorded"]), sep="\n")
    for note in registry.notes:
        print(f"Note: {note}")
