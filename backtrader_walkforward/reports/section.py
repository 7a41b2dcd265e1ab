"""A section of a report: one part of a run, for terminal, page and `results.json` alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Table:
    """Text in rows and columns.

    Attributes
    ----------
    headings : sequence of str
        A line feed breaks a heading.
    rows : sequence of sequence of str
        Cells under the headings; the first names the row, figures stand at the right.
    folded : bool
        Whether the page shows the table on demand only, under its `title`.
    on_terminal : bool
        Whether the terminal shows the table.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool = True
    title: str = "All variants"
    on_terminal: bool = True

    @classmethod
    def of_variants(
        cls,
        names: Iterable[str],
        columns: Mapping[str, Iterable[str]],
        *,
        folded: bool = True,
        title: str = "All variants",
        on_terminal: bool = True,
    ) -> Self:
        """Return a table with a row for each variant, and its cells under each heading."""
        rows = list(zip(names, *columns.values(), strict=True))
        return cls(headings=("Strategy", *columns), rows=rows, folded=folded, title=title, on_terminal=on_terminal)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a run. All texts but those of `columns` are plain: whoever shows them escapes them.

    Attributes
    ----------
    title : str
        Heading on the page.
    sentences : sequence of str
        Paragraphs, for page and terminal.
    tables : sequence of Table
        Tables, for page and terminal.
    lists : mapping of str to mapping of str to str
        Terms and their values under the heading of each list, for the page.
    headline : mapping of str to (figure, reference)
        Figures for the top of the page, each with what to compare it with.
    columns : mapping of str to mapping of str to str
        Further columns of the page's ranking: HTML by the variant's name, under each heading.
    above_ranking : bool
        Whether the page shows the section above the ranking.
    entry : mapping
        Keys of `results.json`.
    variants : mapping of str to mapping
        Keys of each variant's entry in `results.json`, by the variant's name.
    files : mapping of str to DataFrame
        CSV files of the run folder, by name.
    """

    title: str = ""
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headline: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    above_ranking: bool = False
    entry: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.sentences or self.tables or self.lists)
