"""The prices of a run, from wherever its settings say."""

from datetime import UTC, date, datetime

from backtrader_walkforward.data.csv_file import read_csv
from backtrader_walkforward.data.gaps import gap_notes
from backtrader_walkforward.data.period import Span, days_to_fetch, select_period
from backtrader_walkforward.data.price_cache import PriceCache
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.sample import in_sample, load_sample, sample_tickers
from backtrader_walkforward.data.validation import check_order, check_past, validate
from backtrader_walkforward.data.yahoo.client import FIRST_WAIT, YahooUnreachableError, fetch
from backtrader_walkforward.data.yahoo.yfinance_caches import place_caches
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.system.sqlite_store import cache_folder

LONGEST_CLOSURE_DAYS = 7
"""Days before `--end` on which the last session may lie without a word."""

AWAY = "Yahoo Finance could not be reached"


def load_prices(
    config: Config,
    warm_up: int = 60,
    *,
    now: datetime | None = None,
    first_wait: float = FIRST_WAIT,
    refresh: bool = False,
) -> Prices:
    """Return the prices of the period, and up to `warm_up` rows before it, checked.

    The period is the last `config.period` calendar days: up to `config.end` or today for Yahoo, up to the source's own
    last row at or before `config.end` for everything else.

    `auto` is the CSV file if there is one; else Yahoo; where it cannot be reached the last prices stored for the
    ticker; where there are none, the bundled sample if it has the ticker. `yahoo` is the same without the sample.

    Parameters
    ----------
    config : Config
        `ticker period end source csv cache_dir` are read.
    warm_up : int, default=60
        Rows before the period's first that the indicators need.
    now : datetime, optional
        The present, with a time zone.
    first_wait : float, default=1
        Seconds before the second try at Yahoo.
    anew : bool, default=False
        Ask Yahoo even where it was asked today: a session may have begun or ended since.

    Raises
    ------
    DataError
        If there are no prices to be had, or they are unfit; its text says what to do.
    """
    now, last_day = (now or datetime.now(UTC)).astimezone(UTC), None
    if config.csv is not None:
        prices = read_csv(config.csv, config.ticker)
    elif config.source == "sample":
        prices = load_sample(config.ticker)
    else:
        prices, last_day = _from_yahoo(config, warm_up, now, first_wait, refresh)
    check_order(prices.frame, name=prices.source)
    used = select_period(prices, config, warm_up, last_day)
    validate(used.frame, name=used.source)
    notes = []
    if config.csv is not None:
        check_past(used.frame, now.date(), name=used.source)
        notes = [_how_many(used, prices, config)] if len(used.frame) < len(prices.frame) else []
    return used.with_notes(*notes, *_ends_early(used, config), *gap_notes(used.frame))


def _from_yahoo(
    config: Config, warm_up: int, now: datetime, first_wait: float, refresh: bool
) -> tuple[Prices, date | None]:
    """Return Yahoo's prices with the period's last day, or what takes their place with None."""
    span = days_to_fetch(config.period, min(config.end or now.date(), now.date()), warm_up)
    folder = cache_folder(config.cache_dir)
    store = PriceCache(folder)
    fetched_today = None if refresh else store.find(config.ticker, span, fetched=now.date())
    if fetched_today:
        return fetched_today.prices, span.last
    notes = place_caches(folder)
    try:
        prices = fetch(config.ticker, span, now=now, first_wait=first_wait)
    except YahooUnreachableError as away:
        instead = _instead_of_yahoo(config, span, store, away)
        return instead.with_notes(*notes, *store.notes), None
    store.save(prices, span, now.date())
    return prices.with_notes(*notes, *store.notes), span.last


def _instead_of_yahoo(config: Config, span: Span, store: PriceCache, away: YahooUnreachableError) -> Prices:
    """Return the prices stored last, or under `auto` the sample; raise where there are neither."""
    stored = store.find(config.ticker, span)
    if stored:
        prices = stored.prices.with_notes(f"{AWAY}: these are the prices stored on {stored.fetched}")
        return prices.labelled(f"{prices.source}, stored {stored.fetched}")
    if config.source == "auto" and in_sample(config.ticker):
        return load_sample(config.ticker).with_notes(f"{AWAY}, and no prices are stored: this is the bundled sample")
    sample = "" if in_sample(config.ticker) else f"; the bundled sample has only {sample_tickers()}"
    remedy = "try later, or use --csv FILE" + (" or --source sample" if in_sample(config.ticker) else "")
    raise DataError(f"{AWAY} ({away.reason}) and no prices of {config.ticker} are stored{sample} - {remedy}") from away


def _ends_early(used: Prices, config: Config) -> list[str]:
    last = used.frame.index[-1].date()
    if config.end is None or (config.end - last).days <= LONGEST_CLOSURE_DAYS:
        return []
    return [f"the prices end on {last}, before --end {config.end}"]


def _how_many(used: Prices, whole: Prices, config: Config) -> str:
    first, last = used.frame.index[[0, -1]]
    return (
        f"{len(used.frame)} of the file's {len(whole.frame)} rows are used, {first:%Y-%m-%d} to {last:%Y-%m-%d}:"
        f" the last {config.period} days and their warm-up (--period and --end choose others)"
    )
