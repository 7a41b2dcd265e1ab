"""A chart of the page: a picture to explore, what it shows in words, and its figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from bokeh.models import UIElement

from backtrader_walkforward.reports.section import Table


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart. All texts are plain: whoever shows them escapes them."""

    title: str
    """Heading on the page."""
    model: UIElement
    """The picture, in colours of `palette` alone: the page gives them the reader's scheme."""
    says: str = ""
    """One paragraph: what to look at, what it proves and what it does not."""
    of_variants: Sequence[str] = ()
    """Sentences on each variant by its place in the ranking: the page shows those of the chosen one before `says`."""
    when_empty: str = ""
    """Sentence in place of a picture whose lines have no value in the window."""
    description: str
    """Text for readers who do not see the picture."""
    table: Table | None = None
    """The same figures, on demand behind the picture."""
    tables_of_variants: Sequence[Table] = ()
    """The same of each variant by its place in the ranking: the page shows that of the chosen one."""
