"""Books whose equity is another than their fills give: refused when they run, and named by the audit."""

from dataclasses import replace

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.audit.check_equity import reconcile
from backtrader_walkforward.evaluation.books.self_checks import PanelBars, first_fault
from backtrader_walkforward.panels.book import book_variants, run_books
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import StrategyError
from tests.panel.markets import drawn_panel

SETTINGS = Settings.of(capital=1_000.0, hybrids="30")

GIVES = """from backtrader_walkforward import RankingStrategy


class Gives(RankingStrategy):
    def target_weights(self):
        if len(self) == 20:
            self.broker.accounts["active"].cash += 500
        return {self.ranked[-1]: 0.5}
"""


@pytest.fixture(scope="module")
def bars():
    return drawn_panel(tickers=6, days=30)


@pytest.fixture(scope="module")
def hybrid(bars):
    """The variant and the book of `long_short_hybrid_70_30`."""
    books = run_books(bars, SETTINGS, ["long_short"])
    [found] = [
        pair for pair in zip(book_variants(SETTINGS, ["long_short"]), books, strict=True) if "70" in pair[1].name
    ]
    return found


def richer(curves, day, amount):
    """Return curves with more money from a day on."""
    return curves + amount * (curves.index >= curves.index[day])


def test_a_book_that_is_given_cash_is_refused(bars, monkeypatch, tmp_path):
    (tmp_path / "gives.py").write_text(GIVES)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    with pytest.raises(
        StrategyError, match=r"strategies/gives.py: Gives: the books of gives do not add up: account ac"
    ):
        run_books(bars, SETTINGS, ["gives"])


def changed(book, where):
    """Return the book with a cent more in one account, or in the whole, from its eighth day on."""
    if where == "equity":
        return replace(book, equity=richer(book.equity, 7, 0.01))
    return replace(book, accounts=book.accounts.assign(**{where: richer(book.accounts[where], 7, 0.01)}))


WHERE = {"active": "account active", "passive": "account passive", "equity": "all accounts"}


@pytest.mark.parametrize("where", WHERE)
def test_an_equity_that_is_changed_is_found_with_its_day(bars, hybrid, where):
    variant, book = hybrid
    terms = PanelBars.of(bars), variant.capital_of_accounts(1_000.0), SETTINGS.trading
    assert first_fault(book, *terms) == ""
    fault = first_fault(changed(book, where), *terms)
    assert fault.startswith(f"{WHERE[where]}: an equity of ")
    assert f" on {book.equity.index[7]:%Y-%m-%d}, where its fills, flows of cash and closes give " in fault


@pytest.mark.parametrize("where", WHERE)
def test_the_audit_names_the_book_the_account_and_the_day(bars, hybrid, where):
    variant, book = hybrid
    closes, capital = PanelBars.of(bars).closes.ffill().fillna(0.0), SETTINGS.trading.capital
    assert not any(one.failure for one in reconcile(variant, book, closes, capital))
    [found] = [one for one in reconcile(variant, changed(book, where), closes, capital) if one.failure]
    assert found.name == (book.name if where == "equity" else f"{book.name}/{where}")
    assert found.date == book.equity.index[7]
