"""A broker whose terms no strategy changes in a run."""

from typing import Any

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.trading.account_strategy import StrategyError


class FixedTermsBroker(SubAccountBroker):
    """Refuses, before the fills of every bar, terms of an account that are not those of the start.

    After the run is too late: a strategy may have put back what it changed.
    """

    def start(self):
        """Begin a run, and note the terms: no strategy is constructed yet."""
        super().start()
        self._params = {name: value for name, value in vars(self.p).items() if name != "cash"}
        self._schemes = schemes_of(self.comminfo)
        self._declared = []

    def _open_account(self, owner, name, cash):
        account = super()._open_account(owner, name, cash)
        self._declared.append(vars(account.p) | self._params)
        return account

    def next(self):
        """Process the bar in every account, on the terms of the start."""
        same_schemes = schemes_of(self.comminfo) == self._schemes
        for account, declared in zip(self.accounts, self._declared, strict=True):
            if not (vars(account.p) == declared and same_schemes and account.comminfo is self.comminfo):
                refuse_terms(account, declared)
        super().next()


def refuse_terms(account, declared):
    """Raise StrategyError, which names the strategy and what it has changed."""
    found = vars(account.p)
    changed = [name for name, value in declared.items() if found[name] is not value and found[name] != value]
    raise StrategyError(
        f"{place_of(type(account.p.owner))}: the broker's terms ({', '.join(changed) or 'commission'}) were changed"
        " in the run, which sets them for all strategies - use its options"
    )


def schemes_of(comminfo: dict[str | None, Any]) -> dict[str | None, tuple[Any, ...]]:
    """Return the schemes of commission with what each holds now."""
    return {name: (scheme, dict(vars(scheme)), dict(vars(scheme.p))) for name, scheme in comminfo.items()}
