"""A strategy that gives itself cash, shares, fills or figures in a run: refused, with its file and name."""

import re
import sys
from types import ModuleType

import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.variants import Variant

SETTINGS = Settings.of(capital=1_000.0)
MINE = "backtrader_walkforward.strategies.mine"
FLAT = dict(opens=[10] * 4, closes=[10] * 4, predicted_return=[0.01] * 4)


@pytest.fixture(autouse=True)
def file(monkeypatch):
    """The module that the strategies claim to come from."""
    monkeypatch.setitem(sys.modules, MINE, ModuleType(MINE))


def giver(code: str, method: str = "target_weight") -> type[SizingStrategy]:
    """A strategy, as if from `strategies/mine.py`, whose method runs some code on its second day."""

    def gives(self):
        if len(self) == 2 or method == "__init__":
            exec(code, {"self": self})
        return None if method == "__init__" else 0.5

    gives.__code__ = gives.__code__.replace(co_name=method)
    hooks = {"target_weight": lambda self: 0.5} | {method: gives}
    return type("Mine", (SizingStrategy,), {**hooks, "__module__": MINE})


def refusal(bars, strategy, active_share=1.0, settings=SETTINGS):
    with pytest.raises(StrategyError) as refused:
        run_backtest(bars, [Variant("mine", strategy, active_share)], settings)
    return str(refused.value)


@pytest.mark.parametrize("method", ["add_cash", "set_cash", "setcash"])
@pytest.mark.parametrize("where", ["broker", "env.broker", "broker.accounts['active']"])
def test_cash_methods_are_refused_where_they_are_called(bars_of, where, method):
    called = method.replace("setcash", "set_cash")
    assert refusal(bars_of(**FLAT), giver(f"self.{where}.{method}(500)")) == (
        "strategies/mine.py: Mine.target_weight() on 2020-01-02 failed: the capital of an account is fixed, found"
        f" {called}(500): set --capital, or SubAccountBroker(cash=...)"
    )


def test_cash_of_all_accounts_is_not_written(bars_of):
    assert "Mine.target_weight() on 2020-01-02 failed: the capital of an account is fixed, found set_cash(1000.0)" in (
        refusal(bars_of(**FLAT), giver("self.broker.cash += 500"))
    )


@pytest.mark.parametrize(
    "code",
    [
        "self.broker.accounts['active'].cash += 500",
        "self.broker.positions[self.data].size += 50",
        "self.env.broker.accounts[0].cash += 500",
        "import backtrader as bt; bt.brokers.BackBroker.add_cash(self.broker.accounts['active'], 500)",
    ],
)
def test_cash_and_shares_from_nowhere_are_found_after_the_run(bars_of, code):
    assert re.fullmatch(
        "strategies/mine.py: Mine: the books of mine do not add up: account active: an equity of 1,500.00 on"
        " 2020-01-0[23], where its fills, flows of cash and closes give 1,000.00"
        " - change cash and positions by orders alone",
        refusal(bars_of(**FLAT), giver(code)),
    )


def flow(kind: str, amount: float, day: str = "date(2020, 1, 2)") -> str:
    """Code that gives the account cash, and records it as a flow."""
    return (
        "from datetime import date; from backtrader_walkforward.brokers.interest_broker import CashFlow;"
        f"account = self.broker.accounts['active']; account.cash += {amount};"
        f"account.cash_flows.append(CashFlow({day}, {kind!r}, {amount}))"
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (flow("cash_interest", 500.0), "cash_interest of 500.0"),
        (flow("borrowing", 500.0), "borrowing of 500.00 on 2020-01-02, where its fills, closes and rates give 0.00"),
        (flow("dividend", 0.01), "dividend of 0.01 on 2020-01-02, where its fills, closes and rates give 0.00"),
        (flow("present", 500.0), "present of 500.00 on 2020-01-02, where its fills, closes and rates give 0.00"),
        (flow("dividend", 500.0, "date(2020, 3, 1)"), "a flow of cash on 2020-03-01, which is no day of the run"),
    ],
)
@pytest.mark.parametrize("rate", [0.0, 0.02])
def test_cash_that_a_strategy_gives_itself_as_a_flow_is_found(bars_of, code, found, rate):
    text = refusal(bars_of(**FLAT), giver(code), settings=SETTINGS.replace(cash_rate=rate, borrow_rate=rate))
    assert f"the books of mine do not add up: account active: {found}" in text


def test_interest_that_a_strategy_takes_out_of_the_books_is_found(bars_of):
    code = "account = self.broker.accounts['active']; account.cash += 0.5; account.cash_flows.clear()"
    bars = bars_of([10] * 4, [10] * 4, [0.01] * 4)
    short = giver(f"{code}; self.target_weight = lambda: -0.5")
    assert "the books of mine do not add up" in refusal(bars, short, settings=SETTINGS.replace(borrow_rate=0.05))


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("self.broker.getcommissioninfo(self.data).p.commission = 0", "commission"),
        ("self.broker.accounts['active'].setcommission(commission=0.001)", "commission"),  # shares are free to borrow
        ("self.broker.accounts['active'].set_coc(True)", "coc"),
        ("self.broker.accounts['active'].set_slippage_perc(0.0)", "slip_out, slip_perc"),
        ("self.broker.accounts['active'].p.cash_rate = 9.0", "cash_rate"),
        ("self.env.broker.set_coc(True)", "coc"),
    ],
)
def test_terms_that_a_strategy_changes_are_found(bars_of, code, changed):
    """In its constructor it changes those of the accounts that are opened later, too."""
    settings = SETTINGS.replace(commission_bps=10, slippage_bps=5, borrow_rate=0.03)
    variants = [Variant("mine", giver(code, "__init__")), Variant("other", giver(""))]
    with pytest.raises(StrategyError) as refused:
        run_backtest(bars_of(**FLAT), variants, settings)
    assert str(refused.value) == (
        f"strategies/mine.py: Mine: the broker's terms ({changed}) were changed in the run, which sets them for all"
        " strategies - use its options"
    )


@pytest.mark.parametrize("where", ["__init__", "target_weight"])
@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("self.p.allow_short = True", "allow_short"),
        ("self.params.first_day = None", "first_day"),
        ("self.p.stop_loss = self.p.take_profit = None", "stop_loss, take_profit"),
    ],
)
def test_parameters_of_the_run_that_a_strategy_changes_are_found(bars_of, code, changed, where):
    settings = SETTINGS.replace(allow_short=False, threshold=0.005, stop_loss=0.1, take_profit=0.1)
    assert refusal(bars_of(**FLAT), giver(code, where), settings=settings) == (
        f"strategies/mine.py: Mine: {changed} of its params changed in the run, which holds strategies to what they"
        " began with - use its options, or a default in the params of the class"
    )


class LiftsForAMoment(SizingStrategy):
    """Allows itself to be short while it decides, and takes it back."""

    def target_weight(self):
        return -0.5

    def next(self):
        self.p.allow_short = True
        super().next()
        self.p.allow_short = False


def test_a_limit_that_a_strategy_lifts_for_a_moment_holds(bars_of):
    (result,) = run_backtest(bars_of(**FLAT), [Variant("mine", LiftsForAMoment)], SETTINGS.replace(allow_short=False))
    assert result.weights.tolist() == [0.0] * 4
    assert result.fills.empty


def test_a_threshold_may_follow_the_market(bars_of):
    follows = giver("self.p.threshold = 0.02; self.target_weight = lambda: float(self.signal)")
    (result,) = run_backtest(bars_of(**FLAT), [Variant("mine", follows)], SETTINGS.replace(threshold=0.0))
    assert result.weights.tolist()[2:] == [0.0] * 2


class PutsBack(SizingStrategy):
    """Buys better than the market, and puts the terms back at the end."""

    def target_weight(self):
        account = self.broker.accounts["active"]
        account.p.slip_perc = -0.05
        return 0.5 if len(self) % 2 else -0.5

    def stop(self):
        self.broker.accounts["active"].p.slip_perc = 0.0


def test_terms_that_a_strategy_changes_and_puts_back_are_found(bars_of):
    assert refusal(bars_of(**FLAT), PutsBack).startswith(
        "PutsBack: the broker's terms (slip_perc) were changed in the run"
    )


def test_a_price_that_a_strategy_makes_up_is_found(bars_of):
    """Its broker sells at the high and buys at the low."""
    bars = bars_of([10, 10, 10, 10], [11, 11, 11, 11], [0.01] * 4)
    code = "self.broker.accounts['active'].slipped = lambda price, side, bound, **_: 11 if side < 0 else 10"
    assert refusal(bars, giver(f"{code}; self.target_weight = lambda: -0.5")) == (
        "strategies/mine.py: Mine: the books of mine do not add up: account active: a fill of -100.0000 at 11.0000 on"
        " 2020-01-06, where a market order fills at 10.0000 - change cash and positions by orders alone"
    )


@pytest.mark.parametrize("method", ["setcommission(commission=0.01)", "addcommissioninfo(None)"])
def test_commissions_are_not_set_by_a_strategy_for_itself(bars_of, method):
    assert f"failed: the accounts of a strategy have the commission of the broker, found {method[:12]}" in (
        refusal(bars_of(**FLAT), giver(f"self.broker.{method}", "__init__"))
    )


def test_the_other_account_of_a_hybrid_is_named(bars_of):
    text = refusal(bars_of(**FLAT), giver("self.broker.accounts['passive'].cash += 500"), active_share=0.3)
    assert "the books of mine_hybrid_70_30 do not add up: account passive: an equity of 1,200.00 on 2020-01-0" in text


def test_the_capital_is_set_before_a_run_and_between_two(bars_of, run):
    broker = SubAccountBroker()
    broker.set_cash(1_000)
    for capital in (1_000, 2_000):
        [ran] = run(bars_of(**FLAT), (giver(""), {}), broker=broker)
        assert (ran.broker.cash, ran.broker.getvalue()) == (pytest.approx(capital / 2), capital)
        broker.setcash(2_000)


PAST_FILL = """
from backtrader.order import BuyOrder, Order
order = BuyOrder(owner=self, data=self.data, size=50, price={price}, exectype=Order.{kind})
order.addinfo(account="active")
order.submit()
order.accept()
self.broker.accounts["active"].fill(order, {price}, self.data.datetime[{bar}])
"""


@pytest.mark.parametrize(("price", "kind", "bar"), [(8, "Market", -1), (9, "Limit", 0)])
def test_a_fill_on_a_bar_that_is_over_is_found(bars_of, price, kind, bar):
    """At the open of the day before, and at the low of a day after its close."""
    text = refusal(bars_of([8, 10, 12, 12], [9, 9, 12, 12], [0.01] * 4), giver(PAST_FILL.format(**locals())))
    assert f"a fill of 50.0000 at {price}.0000 on 2020-01-0{2 + bar}, which was booked only with a later bar" in text


def test_figures_that_the_equity_does_not_give_are_found(bars_of):
    code = (
        "performance = self.analyzers.getbyname('performance');"
        "honest = performance.get_analysis;"
        "performance.get_analysis = lambda: honest() | {'sharpe': 9.0}"
    )
    text = refusal(bars_of([10, 10, 11, 12], [10, 11, 12, 9], [0.01] * 4), giver(code))
    assert "the books of mine do not add up: a sharpe of 9.0, where its equity gives -" in text


class Skips(SizingStrategy):
    """Leaves out the third day."""

    def next(self):
        super().next()
        self.has_begun = len(self) != 3

    def target_weight(self):
        return 0.5


def test_days_that_are_left_out_are_found(bars_of):
    assert "it has 3 days, where the run has 4: the first that differs is 2020-01-03" in refusal(bars_of(**FLAT), Skips)
