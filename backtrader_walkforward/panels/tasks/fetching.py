"""The prices of a panel, one ticker at a time, with patience."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.load import is_at_hand
from backtrader_walkforward.data.yahoo.load import Fetcher
from backtrader_walkforward.data.yahoo.patient_fetch import PatientFetch
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.forecasts import prices_of


def load_all(
    members: Mapping[str, Settings], *, now: datetime | None = None, fetch: Fetcher | None = None
) -> Iterator[tuple[str, Prices | UserError]]:
    """Yield each ticker with its prices, or with the error that it has none; one ticker's are held at a time.

    Those that are at hand come first, in files or in the cache, then those that Yahoo is asked for, each group in the
    order of the tickers. What was fetched is in the cache: a panel that is interrupted asks for the others alone.

    Parameters
    ----------
    members : mapping
        The settings of each ticker's own study.
    now : datetime, optional
        The present, with a time zone; the machine's clock by default.
    fetch : callable, optional
        Function that fetches prices from Yahoo; by default a new `PatientFetch`.
    """
    now, fetch = (now or datetime.now(UTC)).astimezone(UTC), fetch or PatientFetch()
    for ticker in sorted(members, key=lambda ticker: (not _is_at_hand(members[ticker], now), ticker)):
        yield ticker, _prices_or_error(members[ticker], now, fetch)


def _is_at_hand(settings: Settings, now: datetime) -> bool:
    return is_at_hand(settings, warm_up(settings.forecast.timeframes), now=now)


def _prices_or_error(settings: Settings, now: datetime, fetch: Fetcher) -> Prices | UserError:
    try:
        return prices_of(settings, now=now, fetch=fetch)
    except UserError as error:
        return error
