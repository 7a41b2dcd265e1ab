"""Importance: how much worse the forecast is where a feature is that of another day."""

import pandas as pd

from backtrader_walkforward.evaluation import Importance
from backtrader_walkforward.evaluation.forecast.importance import FEWEST_DAYS_A_FOLD
from backtrader_walkforward.reports.formatting import percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table, first_sentence
from backtrader_walkforward.system.text import pluralize

PLACE = 24

NAMED = 5
"""Features that the sentence names at most."""


def section(summary: RunSummary) -> Section:
    """Return the section; empty where the importance was not asked for."""
    importance = summary.diagnostics.importance
    if importance is None:
        return Section(entry={"importance": None})
    table = importance.table
    features = [{"feature": name, **row} for name, row in table.to_dict("index").items()]
    return Section(
        title="The features that the forecast uses",
        sentences=[importance_text(importance, table)],
        brief=[first_sentence(importance_text(importance, table))],
        tables=[importance_table(table, importance.folds)] if len(table) else [],
        entry={"importance": {"repetitions": importance.repetitions, "folds": importance.folds, "features": features}},
        files={"importance.csv": importance.by_fold},
    )


def importance_text(importance: Importance, table: pd.DataFrame) -> str:
    """Return which features matter beyond noise, or that none does."""
    if importance.folds < 2:
        needed = f"It needs two folds of {FEWEST_DAYS_A_FOLD} days or more, whose returns are known"
        return f"Importance: not known. {needed}: leave --retrain-every out, or ask for a longer --period."
    largest, beyond = table.iloc[0], table[table["beyond_noise"]]
    if beyond.empty:
        return (
            "Importance: within noise. No feature that is permuted both raises the squared error and takes knowledge"
            f" from the forecast beyond chance; the largest rise is that of {table.index[0]}, {rise_text(largest)}."
        )
    named = ", ".join(f"{name} {rise_text(row)}" for name, row in beyond.head(NAMED).iterrows())
    more = f", and {pluralize(len(beyond) - NAMED, 'more feature')}" if len(beyond) > NAMED else ""
    return (
        f"Importance: where it is permuted, {pluralize(len(beyond), 'feature')} of {len(table)}"
        f" {'raises' if len(beyond) == 1 else 'raise'} the squared error beyond chance: {named}{more}."
    )


def rise_text(row: pd.Series) -> str:
    """Return a rise of the squared error and its standard error."""
    return f"{percent(row['error_rise'], 3)} (standard error {percent(row['error_rise_se'], 3)})"


def importance_table(table: pd.DataFrame, folds: int) -> Table:
    """Return a row for each feature, the largest rise of the error first."""
    rows = [
        (
            str(feature),
            percent(row["error_rise"], 3),
            percent(row["error_rise_se"], 3),
            f"{row['folds_risen']:.0f} of {folds}",
            percent(row["knowledge_lost"], 3),
            percent(row["knowledge_lost_se"], 3),
            "yes" if row["beyond_noise"] else "no",
        )
        for feature, row in table.iterrows()
    ]
    headings = (
        *("Feature", "Squared error\nrises by", "Standard\nerror", "Folds in which\nit rises"),
        *("Knowledge\nlost", "Standard\nerror", "Beyond\nnoise"),
    )
    return Table(headings=headings, rows=rows, title="All features", on_terminal=False)
