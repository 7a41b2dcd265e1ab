"""The variant in detail: charts of one variant have the figures of all, and show those of the chosen one.

The page's script sets the group of the filters named `detail` to the place of the variant, and the text of the titles
and legends of that name to its label. Of the sentences and tables on each variant it shows those of the chosen one.
"""

from bokeh.models import CDSView, GroupFilter, Title

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.formatting import display_name
from backtrader_walkforward.reports.pages import html

DETAIL = "detail"
"""Name of the models that follow the chosen variant."""


def detail_view() -> CDSView:
    """Return a view of the rows whose `place` is that of the chosen variant, the best one at first."""
    return CDSView(filter=GroupFilter(column_name="place", group="0", name=DETAIL))


def benchmark_view(comparison: Comparison) -> CDSView:
    """Return a view of the rows of buy & hold."""
    return CDSView(filter=GroupFilter(column_name="place", group=str(len(comparison.ranked))))


def title(text: str, **options: str) -> Title:
    """Return a title above a figure."""
    return Title(text=text, text_color=palette.INK, text_font_size="13px", text_font_style="bold", **options)


def detail_title(comparison: Comparison) -> Title:
    """Return the name of the chosen variant as a title."""
    return title(display_name(comparison.best.name), name=DETAIL)


def benchmark_title(comparison: Comparison) -> Title:
    """Return the name of buy & hold as a title."""
    return title(display_name(comparison.benchmark.name))


def says_html(chart: Chart) -> html.Html:
    """Return the paragraph on a chart, with the sentences on every variant; those of the best one are seen at first."""
    own = (of_variant("span", place, f"{text} ") for place, text in enumerate(chart.of_variants))
    return html.element("p", *own, html.element("span", chart.says), kind="says")


def tables_html(chart: Chart) -> html.Html:
    """Return the tables behind a chart; of those of the variants, that of the best one is seen at first."""
    own = [of_variant("div", place, html.table_html(table)) for place, table in enumerate(chart.tables_of_variants)]
    return html.lines([*own, *([html.table_html(chart.table)] if chart.table else [])])


def of_variant(tag: str, place: int, content: str) -> html.Html:
    """Return an element that the page shows while the variant in this place is the chosen one."""
    return html.Html(f'<{tag} data-place="{place}"{" hidden" if place else ""}>{html.escaped(content)}</{tag}>')
