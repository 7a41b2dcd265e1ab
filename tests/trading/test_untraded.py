"""Why a variant never traded, and weights that were traded otherwise."""

from datetime import date

import pytest

from backtrader_walkforward.backtest import notes_on, run_backtest
from backtrader_walkforward.settings.choices import REGIME_CODES
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.decisions import Decisions
from backtrader_walkforward.trading.untraded import notes_on_weights
from backtrader_walkforward.trading.variants import BENCHMARK, Variant


class Holds(SizingStrategy):
    """Holds a share where there is a signal."""

    params = dict(share=1.0, days=())

    def target_weight(self):
        return self.p.share * self.signal if not self.p.days or len(self) in self.p.days else 0.0


def holding(share=1.0, days=(), **own):
    return Variant("holds", type("Holds", (Holds,), {"params": dict(share=share, days=days, **own)}))


FORECASTS = [0.0005, 0.002, -0.0004]


@pytest.mark.parametrize(
    ("variant", "settings", "reason"),
    [
        (holding(), {"threshold": 0.01}, "no forecast passed 1%, and the largest was 0.2%"),
        (holding(), {"threshold": 0.002}, "no forecast passed 0.2%, and the largest was 0.2%"),
        (holding(threshold=0.25), {}, "no forecast passed 25%, and the largest was 0.2%"),
        (holding(share=0.0), {}, "its target weights were all 0, although 1 forecast passed 0.1%"),
        (
            holding(share=-1.0),
            {"allow_short": False},
            "its weight was below 0 on 1 day, and there are no short positions",
        ),
        (
            holding(regime_filter={"downtrend": "out"}),
            {},
            "the regime filter took all its weights, on 1 day",
        ),
        (
            holding(share=0.5),
            {"capital": 150.0, "whole_shares": True},
            "it never wanted more than 75.00, and a share costs 100.00 or more: raise --capital, or leave out"
            " --whole-shares",
        ),
        (
            holding(share=0.5),
            {"capital": 100.0, "min_order": 60.0},
            "its largest order was of 50.00, and --min-order is 60.00",
        ),
        (
            holding(),
            {"capital": 100.0, "commission_min": 200.0},
            "none of its orders could be filled with its cash",
        ),
        (
            holding(),
            {"capital": 100.0, "commission_min": 200.0, "whole_shares": True, "min_order": 100.0},
            "none of its orders could be filled with its cash",
        ),
    ],
    ids=[
        "no signal",
        "at the threshold",
        "own threshold",
        "zero",
        "short",
        "filter",
        "whole shares",
        "least order",
        "no cash",
        "one share",
    ],
)
def test_a_variant_says_why_it_never_traded(bars_of, variant, settings, reason):
    bars = bars_of(opens=[100] * 3, closes=[100] * 3, predicted_return=FORECASTS).assign(
        trend_regime=REGIME_CODES["downtrend"]
    )
    [result] = run_backtest(bars, [variant], Settings.of(**settings))
    assert result.fills.empty
    assert result.never_traded == reason


def test_a_position_that_is_first_wanted_at_the_last_close_has_no_bar_to_fill_on(bars_of):
    bars = bars_of(opens=[100] * 3, closes=[100] * 3, predicted_return=[0.0, 0.0, 0.01])
    [result] = run_backtest(bars, [holding()], Settings())
    assert result.never_traded == "it first wanted a position at the last close, and no bar follows"


def test_what_traded_has_no_reason_and_a_hybrid_is_judged_by_its_active_account(bars_of):
    bars = bars_of(opens=[100] * 3, closes=[100] * 3, predicted_return=FORECASTS)
    half = Variant("holds", Holds, active_share=0.5)
    traded, hold = run_backtest(bars, [half, BENCHMARK], Settings())
    idle, _ = run_backtest(bars, [half, BENCHMARK], Settings.of(threshold=0.01))
    assert [traded.never_traded, hold.never_traded] == ["", ""]
    assert set(idle.fills["account"]) == {"passive"}
    assert idle.never_traded == "no forecast passed 1%, and the largest was 0.2%"


def test_a_weight_beyond_1_is_told_with_its_day_and_with_what_was_traded(bars_of):
    bars = bars_of(opens=[100] * 4, closes=[100] * 4, predicted_return=[0.01, 0.01, 0.01, -0.01])
    pure, hybrid = holding(share=2.5), Variant("holds_hybrid_50_50", holding(share=2.5).strategy)
    results = run_backtest(bars, [pure, hybrid], Settings())
    assert results[0].weights.tolist() == [1, 1, 1, -1]
    assert notes_on(results, Settings()) == (
        "Holds returned a target weight of 2.5 on 2020-01-01 and one beyond 1 on 3 other days: 1 was traded, as a"
        " weight lies from -1 to 1 and no account borrows",
    )


def test_a_weight_below_minus_1_is_told_too():
    [note] = notes_on_weights({"bold": [(date(2020, 1, 1), -3.0, 0.0)], "shy": []})
    assert note.startswith("Bold returned a target weight of -3 on 2020-01-01: 0 was traded")


def test_strategies_with_the_word_hybrid_in_their_names_are_told_each_by_its_own():
    beyond = [(date(2020, 1, 1), 2.0, 1.0)]
    names = ["my_hybrid_one", "my_hybrid_one_hybrid_70_30", "my_hybrid_two"]
    notes = notes_on_weights(dict.fromkeys(names, beyond))
    assert [note.partition(" returned")[0] for note in notes] == ["My hybrid one", "My hybrid two"]


def test_the_rounding_of_a_weight_is_not_told(bars_of):
    bars = bars_of(opens=[100] * 2, closes=[100] * 2, predicted_return=[0.01, 0.01])
    results = run_backtest(bars, [holding(share=1 + 1e-12)], Settings())
    assert notes_on(results, Settings()) == ()
    decisions, day = Decisions(), date(2020, 1, 1)
    for weight in (1 + 5e-10, -1 - 2e-9, 1 + 2e-9, -1 - 5e-10):
        decisions.note_limited(day, weight, 1.0)
    assert decisions.beyond == [(day, -1 - 2e-9, 1.0), (day, 1 + 2e-9, 1.0)]
    assert decisions.short == [day]
