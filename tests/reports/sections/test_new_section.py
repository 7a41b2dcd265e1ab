"""A section is one file: dropped into the folder, it is in terminal, page, results and run folder."""

import sys

import pytest

from backtrader_walkforward.reports import sections
from backtrader_walkforward.reports.data_files import csv_tables
from tests.reports.pages import HOSTILE
from tests.reports.rendered import json_of, page_of, printed_of

FILE = f"""
import pandas as pd

from backtrader_walkforward.reports.section import Section, Table

PLACE = 35


def section(summary):
    best = summary.comparison.best.name
    return Section(
        title="Weekdays",
        sentences=[f"{{best}} earns most on Mondays.", {HOSTILE[0]!r}],
        tables=[Table(headings=("Strategy", "On\\nMondays"), rows=[(best, "12.5%")], title="Mondays")],
        lists={{"Days": {{"Mondays": "52"}}}},
        headline={{"Mondays": ("52", "of 250 days")}},
        columns={{"Best\\nday": {{best: "<i>Mon</i>"}}}},
        entry={{"weekdays": {{"best_day": "Monday"}}}},
        variants={{best: {{"monday_return": 0.125}}}},
        files={{"weekdays.csv": pd.DataFrame({{"day": ["Monday"]}})}},
    )
"""


@pytest.fixture
def dropped_in(tmp_path, monkeypatch):
    (tmp_path / "dropped_weekdays.py").write_text(FILE)
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(tmp_path)])
    yield
    sys.modules.pop(f"{sections.__name__}.dropped_weekdays")


@pytest.mark.usefixtures("dropped_in")
def test_a_file_dropped_in_is_on_the_page(summary):
    page = page_of(summary)
    assert "<h2>Weekdays</h2>" in page
    assert '<p class="says">kelly_hybrid_70_30 earns most on Mondays.</p>' in page
    assert "<th>On<br>Mondays</th>" in page
    assert "<td>12.5%</td>" in page
    assert "<dt>Mondays</dt><dd>52</dd>" in page
    assert "<dt>Mondays</dt><dd><b>52</b><small>of 250 days</small></dd>" in page
    assert "<th>Best<br>day</th>" in page
    assert "<td><i>Mon</i></td>" in page
    assert '<a href="weekdays.csv">weekdays.csv</a>' in page
    assert HOSTILE[0] not in page


@pytest.mark.usefixtures("dropped_in")
def test_it_is_on_the_terminal(summary):
    printed = printed_of(summary)
    assert "kelly_hybrid_70_30 earns most on Mondays.\n" in printed
    assert "kelly_hybrid_70_30    12.5%\n" in printed


@pytest.mark.usefixtures("dropped_in")
def test_it_is_in_the_results_and_among_the_files(summary):
    told = json_of(summary)
    assert told["weekdays"] == {"best_day": "Monday"}
    assert told["strategies"][0]["monday_return"] == 0.125
    assert "monday_return" not in told["strategies"][1]
    assert "weekdays.csv" in csv_tables(summary, sections.sections_of(summary))


def test_sections_stand_in_the_order_of_their_places(summary, dropped_in):
    titles = [section.title for section in sections.sections_of(summary) if section.is_shown]
    assert titles == ["How much luck explains", "Forecast and data", "The fits, one by one", "Weekdays"]
