"""A section of a report: one part of a run, for terminal, page and `results.json` alike."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from backtrader_walkforward.settings.variant_names import name_text


@dataclass(frozen=True, kw_only=True)
class Table:
    """Text in rows and columns."""

    headings: Sequence[str]
    """A line feed breaks a heading."""
    rows: Sequence[Sequence[str]]
    """Cells under the headings; the first names the row, figures stand at the right."""
    title: str
    """What the table is, for who does not see it and where it is folded."""
    folded: bool = True
    """Whether the page shows the table on demand only, under its `title`."""
    on_terminal: bool = True
    """Whether the terminal shows the table."""

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
        rows = list(zip(map(name_text, names), *columns.values(), strict=True))
        return cls(headings=("Strategy", *columns), rows=rows, folded=folded, title=title, on_terminal=on_terminal)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a run. All texts but `picture` and `columns` are plain: whoever shows them escapes them."""

    title: str = ""
    """Heading on the page."""
    sentences: Sequence[str] = ()
    """Paragraphs, for page and terminal."""
    brief: Sequence[str] | None = None
    """Paragraphs for a terminal whose screen has no room for the sentences; by default it shows those."""
    picture: str = ""
    """HTML of a picture below the sentences, for the page."""
    tables: Sequence[Table] = ()
    """Tables, for page and terminal."""
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Terms and their values under the heading of each list, for the page."""
    headline: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Figures for the top of the page, each with what to compare it with."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Further columns of the page's ranking: HTML by the variant's name, under each heading."""
    above_ranking: bool = False
    """Whether the page shows the section above the ranking."""
    entry: Mapping[str, Any] = field(default_factory=dict)
    """Keys of `results.json`."""
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Keys of each variant's entry in `results.json`, by the variant's name."""
    files: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """CSV files of the run folder, by name."""

    @property
    def on_one_screen(self) -> Sequence[str]:
        """What the terminal says of the section."""
        return self.sentences if self.brief is None else self.brief

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.sentences or self.tables or self.lists)


def first_sentence(text: str) -> str:
    """Return the first sentence of a paragraph: up to a full stop before a capital.

    >>> first_sentence("It rose by 1.5%. The rest fell.")
    'It rose by 1.5%.'
    """
    return re.split(r"(?<=\.) (?=[A-Z])", text, maxsplit=1)[0]
