"""Settings of the trading: strategies, orders, costs and stops."""

from dataclasses import dataclass
from functools import partial

from backtrader_walkforward.settings.checks import check_hybrids, check_regime_filter
from backtrader_walkforward.settings.choices import FILLS, REGIMES
from backtrader_walkforward.settings.field import STUDY_COMMANDS, Group, setting
from backtrader_walkforward.settings.parameters import Parameters, check_parameters

cost = partial(setting, 0.0, section="costs", low=0)
stop = partial(setting, None, section="stops", metavar="SHARE", low=0.0001)


@dataclass(frozen=True, kw_only=True)
class TradingSettings(Group):
    """Trading: with which capital, by which strategies, at which prices and costs."""

    capital: float = setting(100_000.0, "Starting capital of each variant.", metavar="AMOUNT", low=0.01, high=1e15)
    allow_short: bool = setting(True, "Hold cash where a target weight is below 0.", flag="--no-short")
    threshold: float = setting(0.001, "Predicted return that must be exceeded.", metavar="SHARE", low=0, high=1)
    fill: str = setting(
        "next-open",
        "When an order fills.",
        "It fills at the next open, or at the close of the decision.",
        choices=FILLS,
        section="orders",
        commands=tuple(name for name in STUDY_COMMANDS if name != "signal"),
    )
    whole_shares: bool = setting(False, "Trade whole shares only.", flag="--whole-shares", section="orders")
    rebalance_band: float = setting(
        0.1,
        "Leave a position this near to its target.",
        "What closes or reverses a position is always traded; 0 trades every difference.",
        metavar="SHARE",
        low=0,
        high=1,
        section="orders",
    )
    min_order: float = setting(
        0.0,
        "Least value of an order.",
        "Orders that close or reverse a position may be smaller.",
        metavar="AMOUNT",
        low=0,
        high=1e15,
        section="orders",
    )
    strategies: tuple[str, ...] | None = setting(
        None,
        "Strategies to run.",
        metavar="NAME,...",
        none="all",
        usual="all in strategies/",
        section="variants",
        trial=False,
    )
    hybrids: tuple[int, ...] | None = setting(
        (30, 50, 70),
        "Percent traded in hybrids, the rest held.",
        "Each strategy also runs as a hybrid of each share: `30` trades 30% of the capital and holds 70%. With `none`"
        " each runs by itself.",
        metavar="PERCENT,...",
        section="variants",
        trial=False,
        check=check_hybrids,
    )
    param: Parameters = setting(
        (),
        "Set parameters: kelly.cap=.1,.25,.5.",
        "Each value of a strategy's parameter makes a variant, as `kelly(cap=0.25)`, and several parameters of a"
        " strategy all combinations. A parameter of a predictor has one value. The option may be given several times."
        ' Python takes `{"kelly.cap": [0.1, 0.25, 0.5]}`, too.',
        metavar="NAME=VALUE,...",
        section="variants",
        example="kelly.cap=.1,.25,.5",
        repeated=True,
        trial=False,
        check=check_parameters,
    )
    regimes: tuple[str, ...] = setting(
        (),
        "Results by regime: trend, volatility, markov.",
        metavar="NAME,...",
        section="variants",
        choices=tuple(REGIMES),
        trial=False,
    )
    regime_filter: tuple[tuple[str, str], ...] = setting(
        (),
        "Hold no position, or half of it, in a regime.",
        "`downtrend,high_volatility=half` holds none in a downtrend and half in high volatility. "
        f"Regimes: {', '.join(f'`{name}`' for names in REGIMES.values() for name in names)}.",
        metavar="RULES",
        section="variants",
        check=check_regime_filter,
    )
    commission_bps: float = cost("Commission, in basis points of the value traded.", metavar="BPS", high=1_000)
    commission_min: float = cost("Minimum commission of a trade.", metavar="AMOUNT", high=1e6)
    slippage_bps: float = cost("Slippage of each fill, in basis points of the price.", metavar="BPS", high=1_000)
    borrow_rate: float = cost("Yearly cost of shares held short: 0.03 is 3%.", metavar="RATE", high=10)
    cash_rate: float = cost("Yearly interest on cash: 0.02 is 2%.", metavar="RATE", high=1)
    stop_loss: float | None = stop("Close a position that loses this share of its entry price.", high=0.9999)
    trailing_stop: float | None = stop("Close a position this share below its best close.", high=0.9999)
    take_profit: float | None = stop("Close a position that gains this share of its entry price.", high=100)
    stop_entry_day: bool = setting(
        False, "Let stops fill on the day of the entry, too.", flag="--stop-entry-day", section="orders"
    )
