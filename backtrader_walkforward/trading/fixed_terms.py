"""A broker whose terms no strategy changes in a run."""

from math import inf
from typing import Any

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.trading.account_strategy import StrategyError
from backtrader_walkforward.trading.variants import base_of, defaults_of


class FixedTermsBroker(SubAccountBroker):
    """Refuses, before the fills of every bar, terms of an account that are not those of the start.

    These are its own, and the parameters that every strategy has, as `allow_short`. After the run is too late: a
    strategy may have put back what it changed. Orders that know the bar at whose open they would fill are refused, too.
    """

    def start(self):
        """Begin a run, and note the terms: no strategy is constructed yet."""
        super().start()
        self._params = {name: value for name, value in vars(self.p).items() if name != "cash"}
        self._schemes = schemes_of(self.comminfo)
        self._declared = []
        self._limits = []

    def _open_account(self, owner, name, cash):
        account = super()._open_account(owner, name, cash)
        self._declared.append(vars(account.p) | self._params)
        limits = defaults_of(base_of(type(owner))).keys() - {"threshold"}  # by which a strategy may decide as it likes
        self._limits.append({limit: getattr(owner.p, limit) for limit in limits})
        return account

    def next(self):
        """Process the bar in every account, on the terms of the start."""
        same_schemes = schemes_of(self.comminfo) == self._schemes
        latest = self._latest_bar()
        for account, declared, limits in zip(self.accounts, self._declared, self._limits, strict=True):
            if not (vars(account.p) == declared and same_schemes and account.comminfo is self.comminfo):
                refuse_terms(account, declared)
            if not limits.items() <= vars(account.p.owner.p).items():
                refuse_parameters(account.p.owner, limits)
            if account.newest_order() >= latest:
                refuse_haste(account)
        super().next()

    def _latest_bar(self):
        """Return the date number of the bar that is about to be traded, infinity before the first."""
        datas = self.accounts[0].p.owner.datas if self.accounts else ()
        return max((data.datetime[0] for data in datas if len(data)), default=inf)


def refuse_terms(account, declared):
    """Raise StrategyError, which names the strategy and what it has changed."""
    changed = ", ".join(changes(account, declared)) or "commission"
    raise StrategyError(
        f"{place_of(type(account.p.owner))}: the broker's terms ({changed}) were changed in the run, which sets them"
        " for all strategies - use its options"
    )


def refuse_haste(account):
    """Raise StrategyError, which names the strategy whose order knows the bar in which it would fill."""
    raise StrategyError(
        f"{place_of(type(account.p.owner))}: an order was sent between the coming of a bar and its trade, as by a timer"
        " with cheat=True: return weights at the close, from target_weight()"
    )


def refuse_parameters(strategy, declared):
    """Raise StrategyError, which names the strategy and the parameters that it has changed."""
    raise StrategyError(
        f"{place_of(type(strategy))}: {', '.join(changes(strategy, declared))} of its params changed in the run, which"
        " holds strategies to what they began with - use its options, or a default in the params of the class"
    )


def changes(owner: Any, declared: dict[str, Any]) -> list[str]:
    """Return the names of the parameters of a broker or a strategy that are not as declared, in sorted order."""
    found = vars(owner.p)
    return sorted(name for name, value in declared.items() if found[name] is not value and found[name] != value)


def schemes_of(comminfo: dict[str | None, Any]) -> dict[str | None, tuple[Any, ...]]:
    """Return the schemes of commission with what each holds now."""
    return {name: (scheme, dict(vars(scheme)), dict(vars(scheme.p))) for name, scheme in comminfo.items()}
