"""The command `trials`: what was tried, by ticker and over all, and what it costs the next test."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from backtrader_walkforward.reports.formatting import count, number
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings, format_setting
from backtrader_walkforward.significance.trials import Trial, TrialRegistry
from backtrader_walkforward.significance.trials.families import Family, Hurdles, families_of
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Settings", "Best", "t-ratio", "Trials", "Looks", "Since")


def show_trials(settings: Settings) -> None:
    """Print the trials of each ticker, a line for each family of settings, and their number over all."""
    registry, terminal = TrialRegistry(settings.machine.cache_dir), Terminal()
    shown: list[Family] = []
    for ticker in registry.tickers():
        for prices, trials in groupby(sorted(registry.trials(ticker), key=prices_of), prices_of):
            of_prices = list(trials)
            families = families_of(of_prices)
            terminal.says("", f"{ticker}, {prices}")
            terminal.figures(HEADINGS, [cells_of(family) for family in families], words=2)
            terminal.says(*hurdle_text(Hurdles.of_latest_run(of_prices, registry)))
            shown += families
    terminal.says(*totals(shown))
    terminal.says(*(f"Note: {note}" for note in registry.notes))


def prices_of(trial: Trial) -> str:
    """Return on which prices a trial was made."""
    return "the bundled sample" if trial.is_sample else "real prices"


def cells_of(family: Family) -> tuple[str, ...]:
    """Return the row of the table."""
    since = min(trial.recorded for trial in family.trials)[:10]
    best, counts = family.best.account.name, (count(len(family.accounts)), count(family.looks))
    return settings_text(family.trials), best, number(family.ratio), *counts, since


def settings_text(trials: Sequence[Trial]) -> str:
    """Return the settings that differ from those of a run without arguments, and those that are swept."""
    usual = Settings().trial_settings()
    texts = ["practice:"] if trials[0].is_practice else []
    for name in trials[0].settings:
        values = {format_setting(name, trial.settings[name]) for trial in trials}
        if len(values) > 1:
            texts.append(f"{name} varied")
        elif values != {format_setting(name, usual.get(name))}:
            texts.append(f"{name}={values.pop()}")
    return " ".join(texts) or "defaults"


def hurdle_text(hurdles: Hurdles | None) -> Iterator[str]:
    """Yield the ratio that the latest run needs for evidence, with the other trials and looks and without them."""
    if hurdles is None:
        return
    counts = {"other trial": len(hurdles.earlier.accounts), "earlier look": len(hurdles.earlier.looks)}
    others = " and ".join(pluralize(number, noun) for noun, number in counts.items() if number)
    without = f"; without {others} it would be {hurdles.alone:.2f}" if others else ""
    yield f"The latest run needs a t-ratio of {hurdles.needed:.2f} for evidence{without}."


def totals(families: Sequence[Family]) -> Iterator[str]:
    """Yield the number of distinct trials over all tickers, and the best of them."""
    if not families:
        yield "no trials are recorded"
        return
    in_earnest = [family for family in families if not family.best.is_practice]
    practice = frozenset[str]().union(*(family.accounts for family in families if family.best.is_practice))
    found = {account: prices_of(family.best) for family in in_earnest for account in family.accounts}
    kinds = list(found.values())
    parts = [f"{kinds.count(kind)} on {kind}" for kind in sorted(set(kinds))]
    tickers = pluralize(len({family.best.ticker for family in families}), "ticker")
    yield ""
    yield f"{pluralize(len(found), 'distinct trial')} of {tickers}{': ' if parts else ''}{' and '.join(parts)}."
    if in_earnest:
        first = max(in_earnest, key=lambda family: family.ratio)
        best = first.best
        yield f"The best of all is {best.account.name} on {best.ticker}, with a t-ratio of {first.ratio:.2f}."
    if only := practice - found.keys():
        yield f"Not counted: {pluralize(len(only), 'practice trial')}."
