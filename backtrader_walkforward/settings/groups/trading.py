"""Settings of trading, its costs and its stops."""

from dataclasses import dataclass
from functools import partial

from backtrader_walkforward.settings.choices import FILLS, REGIMES
from backtrader_walkforward.settings.field import STUDY_COMMANDS, setting
from backtrader_walkforward.settings.groups.base import Group
from backtrader_walkforward.settings.validation import check_regime_filter

cost = partial(setting, 0.0, section="costs", low=0)
stop = partial(setting, None, section="stops", metavar="SHARE", low=0.0001)


@dataclass(frozen=True, kw_only=True)
class TradingSettings(Group):
    """Trading: with which capital, by which strategies, at which prices and costs."""

    capital: float = setting(100_000.0, "Starting capital of each variant.", metavar="AMOUNT", low=0.01, high=1e15)
    allow_short: bool = setting(True, "Hold cash where the forecast is negative.", flag="--no-short")
    threshold: float = setting(0.001, "Predicted return that a signal must exceed.", metavar="SHARE", low=0, high=1)
    fill: str = setting(
        "next-open",
        "Fill at the next open, or at the close of the decision.",
        choices=FILLS,
        commands=tuple(name for name in STUDY_COMMANDS if name != "signal"),
    )
    whole_shares: bool = setting(False, "Trade whole shares only.", flag="--whole-shares")
    strategies: tuple[str, ...] = setting(
        (), "Strategies to run.", metavar="NAME,...", usual="all in strategies/", trial=False
    )
    regimes: tuple[str, ...] = setting(
        (),
        "Show results by market regime: trend, volatility, markov.",
        metavar="NAME,...",
        choices=tuple(REGIMES),
        trial=False,
    )
    regime_filter: tuple[tuple[str, str], ...] = setting(
        (),
        "Hold no position, or half of it, in a regime.",
        "`downtrend,high_volatility=half` holds none in a downtrend and half in high volatility. "
        f"Regimes: {', '.join(f'`{name}`' for names in REGIMES.values() for name in names)}.",
        metavar="NAME,...",
    )
    commission_bps: float = cost("Commission, in basis points of the value traded.", metavar="BPS", high=1_000)
    commission_min: float = cost("Minimum commission of a trade.", metavar="AMOUNT", high=1e6)
    slippage_bps: float = cost("Slippage of each fill, in basis points of the price.", metavar="BPS", high=1_000)
    borrow_rate: float = cost("Yearly cost of shares held short: 0.03 is 3 %.", metavar="RATE", high=10)
    cash_rate: float = cost("Yearly interest on cash: 0.02 is 2 %.", metavar="RATE", high=1)
    stop_loss: float | None = stop("Close a position that loses this share of its entry price.", high=0.9999)
    trailing_stop: float | None = stop("Close a position this share below its best close.", high=0.9999)
    take_profit: float | None = stop("Close a position that gains this share of its entry price.", high=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_regime_filter("--regime-filter", self.regime_filter)
