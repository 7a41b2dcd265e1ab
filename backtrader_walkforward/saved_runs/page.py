"""The page of a comparison: one file, without a script, with links to the pages of the runs."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from backtrader_walkforward.reports.formatting import axis_percent, percent
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.plot import Line, plot
from backtrader_walkforward.saved_runs.comparison import (
    LETTERS,
    answers,
    best_name,
    cautions,
    differing_settings,
    headlines,
)
from backtrader_walkforward.saved_runs.saved_run import SavedRun
from backtrader_walkforward.settings.variant_names import name_text


def comparison_page(runs: Sequence[SavedRun], place: Path) -> str:
    """Return the page; `place` is the folder that it will lie in, from which its links lead to the runs."""
    settings, table = differing_settings(runs), headlines(runs)
    addresses = [address_of(run, place) for run in runs]
    return html.page(
        "compare.html",
        title=f"{len(runs)} runs compared",
        dates=", ".join(dict.fromkeys(f"{run.subject}, {run.period}" for run in runs)),
        cautions=html.lines(html.element("p", text, kind="note") for text in cautions(runs)),
        figures=html.table_html(table, dict(zip(LETTERS, addresses, strict=False))),
        answers=html.lines(map(answer_html, answers(runs).items(), addresses)),
        settings=html.table_html(settings) if settings.rows else html.element("p", "None.", kind="says"),
        curves=html.lines(
            [curves(runs, "best", "The best account of each run"), curves(runs, "benchmark", "Benchmarks")]
        ),
    )


def address_of(run: SavedRun, place: Path) -> str:
    """Return the address of a run's page, seen from a folder."""
    return Path(os.path.relpath(run.page.resolve(), place.resolve())).as_posix()


def answer_html(answer: tuple[str, str], address: str) -> html.Html:
    """Return the answer of a run, after its letter and folder, which leads to its page."""
    name, text = answer
    return html.element("p", html.link(name, address), ": ", text, kind="says")


def curves(runs: Sequence[SavedRun], column: str, caption: str) -> html.Html:
    """Return the return since the start of an account of each run, as a picture."""
    lines = [
        Line(name=f"{letter}, {account_name(run, column)}", curve=curve, last=percent(float(curve.iloc[-1])))
        for letter, run in zip(LETTERS, runs, strict=False)
        if column in run.equity and len(curve := since_start(run.equity[column]))
    ]
    return plot(lines, caption, axis_percent)


def account_name(run: SavedRun, column: str) -> str:
    """Return the name of the account whose curve is in a column."""
    return best_name(run) if column == "best" else name_text(run.benchmark.name)


def since_start(equity: pd.Series) -> pd.Series:
    """Return the return since the first known value."""
    known = equity.dropna()
    return known / known.iloc[0] - 1 if len(known) else known
