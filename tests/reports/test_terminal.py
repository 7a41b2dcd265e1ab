import io
import re
from dataclasses import replace

import pytest
from rich.progress import Progress

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.section import first_sentence
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.sections.forecast import next_session_text
from backtrader_walkforward.reports.terminal import Terminal, TimeLeft
from backtrader_walkforward.reports.terminal_summary import print_summary
from tests.reports.rendered import printed_of


@pytest.fixture
def out():
    return io.StringIO()


def test_the_summary_says_what_users_look_for(comparison, summary, out):
    print_summary(Terminal(file=out), summary)
    text = out.getvalue()
    for words in (
        "Strategy",
        "Type",
        "Return",
        "Sharpe",
        "drawdown",
        "Win",
        "Beats B&H",
        "Buy & hold (benchmark)",
    ):
        assert words in text
    assert text.count("*BEST*") == 1
    lines = text.splitlines()
    assert "BEST STRATEGY: KELLY HYBRID 70/30" in lines
    assert summary.significance.warnings
    told = summary.significance
    _, reason, figures = told.verdict.splitlines()
    assert "The best of 3 variants, Kelly hybrid 70/30, returned" in figures
    assert lines[1:4] == [summary.significance.headline, reason, ""]
    assert lines[lines.index(figures) :] == [
        figures,
        *(f"Warning: {first_sentence(warning)}" for warning in told.warnings),
        first_sentence(summary.forecast_summary.skill.verdict),
        "Next session, as forecast at the close of 2015-12-24: a return of 0.12%, a close of 2,063.46.",
        "Training: 7 of 7 fits have a validation error. It was lowest after 3 of 16 epochs (medians).",
    ]


def test_with_details_every_sentence_of_the_report_is_told(summary):
    text = printed_of(summary)
    for section in sections_of(summary):
        for sentence in section.sentences:
            assert sentence in text
    for warning in summary.significance.warnings:
        assert f"Warning: {warning}\n" in text


def variants(comparison, number):
    """A comparison with more variants: the best one under other names."""
    named = [replace(comparison.best, name=f"volatility_adjusted_hybrid_{place:02}_30") for place in range(number)]
    return Comparison(tuple(named), comparison.benchmark)


@pytest.mark.parametrize(("number", "shown"), [(12, 12), (13, 8), (40, 8)])
def test_a_long_ranking_shows_its_best_and_counts_the_rest(comparison, summary, number, shown):
    many = replace(summary, comparison=variants(comparison, number))
    brief, whole = io.StringIO(), io.StringIO()
    print_summary(Terminal(file=brief), many)
    print_summary(Terminal(file=whole, details=True), many)
    rows = [text.getvalue().count("\nVolatility adjusted hybrid ") for text in (brief, whole)]
    assert rows == [shown, number]
    assert (f"\n{number - shown} more variants, of which " in brief.getvalue()) == (shown < number)
    assert " more variants, " not in whole.getvalue()


VERDICT = "No evidence of skill.\n150 days are too few to tell.\nLuck alone does as well in 27 of 100 cases."


def test_the_answer_and_its_reason_stand_first_and_once(summary, out):
    significance = replace(summary.significance, headline="No evidence of skill", verdict=VERDICT)
    print_summary(Terminal(file=out), replace(summary, significance=significance))
    assert (
        out.getvalue()
        .strip()
        .startswith("No evidence of skill\n150 days are too few to tell.\n\nSPY, 2015-06-01 to 2015-12-23, ranked")
    )
    assert ": KELLY HYBRID 70/30\nLuck alone does as well in 27 of 100 cases.\nWarning: " in out.getvalue()
    assert [out.getvalue().count(line) for line in ("No evidence of skill", "too few to tell")] == [1, 1]


def test_who_hardly_traded_is_not_called_the_best(comparison, summary, out):
    best = comparison.best
    idle = replace(best, weights=best.weights / 1000)
    holding = replace(best, metrics=best.metrics | {"trades": 0, "win_rate": None})
    for one, doubt in ((idle, "ACTIVE ACCOUNT HARDLY INVESTED"), (holding, "NO CLOSED TRADE")):
        print_summary(Terminal(file=out), replace(summary, comparison=Comparison((one,), comparison.benchmark)))
        assert f"HIGHEST SHARPE RATIO, {doubt}: KELLY HYBRID 70/30\n" in out.getvalue()
    assert "BEST" not in out.getvalue()


def test_the_table_shows_the_measures_of_the_results(comparison, summary, out):
    print_summary(Terminal(file=out), summary)
    rows = [line for line in out.getvalue().splitlines() if line]
    for result in (*comparison.ranked, comparison.benchmark):
        shown = f"{result.metrics.total_return:.2%}"
        assert any(shown in row and f"{result.metrics.sharpe:.2f}" in row for row in rows)


def test_into_a_file_goes_plain_ascii_without_a_bar_and_nothing_is_cut(comparison, summary, out):
    terminal = Terminal(file=out, details=True)
    long = replace(comparison.best, name="volatility_adjusted_hybrid_70_30")
    with terminal.progress("Tear sheets") as step:
        step("kelly", 2)
        step("binary", 2)
    terminal.forecast(summary.forecast_summary)
    print_summary(terminal, replace(summary, comparison=Comparison((long,), comparison.benchmark)))
    text = out.getvalue()
    assert text.isascii()
    assert "\x1b" not in text
    assert "Tear sheets" not in text
    assert "Volatility adjusted hybrid 70/30" in text
    assert "Training sequences: (276, 60, 31), which are sequences x days x indicators" in text
    assert "(Clark-West): 0.61, p = 0.271, 144 days" in text
    assert "(Pesaran-Timmermann): undefined on 143 days" in text


def test_weeks_are_not_counted_as_days(summary, out):
    forecast = replace(summary.forecast_summary, bars_a_year=52)
    Terminal(file=out, details=True).forecast(forecast)
    text = out.getvalue()
    assert "(Clark-West): 0.61, p = 0.271, 144 weeks" in text
    assert "Weeks forecast long, short" in text
    assert "Training sequences: (276, 60, 31), which are sequences x weeks x indicators" in text
    assert "days" not in text
    assert next_session_text(forecast).startswith("Next week, as forecast at the close of ")


@pytest.mark.parametrize("columns", [80, 120])
def test_no_figure_is_cut_in_80_columns(comparison, summary, columns, monkeypatch, out):
    monkeypatch.setattr("backtrader_walkforward.reports.terminal.WIDTH_OF_A_FILE", columns)
    long = replace(comparison.best, name="volatility_adjusted_hybrid_70_30")
    two = Comparison((long, comparison.ranked[-1]), comparison.benchmark)
    print_summary(Terminal(file=out), replace(summary, comparison=two))
    text = out.getvalue()
    assert "\u2026" not in text
    assert "..." not in text
    assert f"{long.metrics.max_drawdown:.2%}" in text
    assert ("Beats B&H" if columns == 120 else " both") in text
    assert re.search(r"^Volatility adjusted hybrid 70/30 .*\n\*BEST\* *$", text, re.MULTILINE)
    assert max(map(len, text.splitlines()[4:12])) <= columns


def test_the_prices_are_named_with_their_source_and_notes(closes, out):
    Terminal(file=out).prices("SPY", "a sample", closes.to_frame(), ("one day is missing",))
    assert out.getvalue() == (
        "Prices  SPY, 145 days, 2015-06-01 to 2015-12-23\n  Source: a sample\n  Note: one day is missing\n"
    )


def test_a_terminal_gets_a_bar_that_fits_80_columns(monkeypatch):
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    shown = io.StringIO()
    with Terminal(file=shown).progress("tickers") as step:
        step("20 at work, 3 failed", 500)
        step("19 at work, 3 failed", 500)
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).rstrip() for line in re.split(r"[\r\n]", shown.getvalue())]
    assert any(line.startswith("  tickers ") and " 2/500 " in line for line in lines)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("steps", "seen"), [(0, False), (3, True)])
def test_a_bar_begins_with_its_first_step_and_tells_the_time_left_of_slow_ones(monkeypatch, steps, seen):
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    terminal, clock = Terminal(file=(shown := io.StringIO())), [0.0]
    terminal.console.get_time = lambda: clock[0]
    with terminal.progress("training") as step:
        for _ in range(steps):
            clock[0] += 300.0
            step(None, 5)
    assert ("training" in shown.getvalue()) == seen
    assert ("3/5 about 10 minutes left" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())) == seen
    assert "0/?" not in shown.getvalue()


def test_the_time_left_is_told_in_rough_words():
    moments = iter([0.0, 0.0, 30.0, 60.0, 60.0, 60.0, 60.0])
    progress = Progress(TimeLeft(), get_time=lambda: next(moments), disable=True)
    task = progress.add_task("training", total=8)
    assert TimeLeft().render(progress.tasks[0]).plain == ""
    progress.update(task, advance=1)
    progress.update(task, advance=1)
    assert TimeLeft().render(progress.tasks[0]).plain == "about 3 minutes left"
    progress.tasks[0].fields["result"] = "0 at work, 2 failed"
    assert TimeLeft().render(progress.tasks[0]).plain == "about 3 minutes left,"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3, "a few seconds"), (133, "1 to 4 minutes, less what earlier runs have stored")],
)
def test_the_size_of_the_work_is_told_in_rough_words(seconds, said, out):
    Terminal(file=out).duration(seconds)
    assert out.getvalue() == f"  The run takes {said}\n"


def test_names_are_not_markup(comparison, summary, out):
    name = "[bold]x[/bold] :smile:"
    odd = replace(comparison.best, name=name)
    terminal = Terminal(file=out)
    terminal.stage(name, "[red]")
    prices = replace(summary.prices, ticker="[/x]")
    print_summary(terminal, replace(summary, comparison=Comparison((odd,), comparison.benchmark), prices=prices))
    assert out.getvalue().count("[bold]x[/bold] :smile:") == 2
    assert "[/x], 2015-06-01" in out.getvalue()


def test_quiet_keeps_the_result_and_drops_the_way_to_it(comparison, summary, out):
    terminal = Terminal(quiet=True, file=out)
    terminal.stage("Forecast")
    terminal.forecast(summary.forecast_summary)
    assert out.getvalue() == ""
    print_summary(terminal, summary)
    assert "*BEST*" in out.getvalue()


def test_a_measure_that_is_undefined_is_shown_as_such(comparison, summary, out):
    idle = replace(
        comparison.best,
        metrics=comparison.best.metrics | dict(sharpe=None, win_rate=None),
    )
    print_summary(Terminal(file=out), replace(summary, comparison=Comparison((idle,), comparison.benchmark)))
    assert re.search(r"^Kelly hybrid 70/30 .*%  +n/a ", out.getvalue(), re.MULTILINE)


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


def test_notes_and_headings_break_between_words_on_a_terminal_alone(monkeypatch, out):
    monkeypatch.setenv("COLUMNS", "40")
    note = "Note: prices.csv: no open, high and low columns: orders fill at closes"
    Terminal(file=(screen := Screen())).note(note)
    assert screen.getvalue() == "  Note: prices.csv: no open, high and\n  low columns: orders fill at closes\n"
    Terminal(file=(screen := Screen())).heading("HIGHEST SHARPE RATIO, ACTIVE ACCOUNT HARDLY INVESTED")
    assert re.sub(r"\x1b\[\d*m", "", screen.getvalue()) == "HIGHEST SHARPE RATIO, ACTIVE ACCOUNT\nHARDLY INVESTED\n"
    monkeypatch.delenv("COLUMNS")
    Terminal(file=out).note(note)
    assert out.getvalue() == f"  {note}\n"


def test_a_bar_stays_on_one_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    with Terminal(file=(screen := Screen())).progress("tear sheets") as step:
        step("Volatility adjusted hybrid 70/30, drawn for a long time", 24)
    shown = screen.getvalue()
    assert "1/24" in shown
    assert shown.count("\n") == 1  # the last thing that a bar writes
