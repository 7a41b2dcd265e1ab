"""Web pages that ask no host for anything and show text as text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import figure_text
from backtrader_walkforward.reports.section import Section, Table

TEMPLATES = Path(__file__).parent / "templates"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""Policy of all pages: a browser may apply their styles and show their pictures. No script, no request."""

SVG_PREAMBLE = re.compile(r"<\?xml.*?\?>\s*|<!DOCTYPE svg.*?>\s*|<metadata>.*?</metadata>\s*", re.DOTALL)


def page(template: str, /, *, title: str, dates: str, **slots: str) -> str:
    """Return a page whose body is `templates/TEMPLATE` filled in; `TEMPLATE.css`, if there is one, is its own style.

    The slots are HTML: whoever fills one escapes what is text in it. They are filled in one pass, so nothing that
    stands in a slot is taken for a slot.
    """
    own = TEMPLATES / f"{Path(template).stem}.css"
    return _filled(
        "page.html",
        policy=CONTENT_SECURITY_POLICY,
        style=_text("page.css") + (_text(own.name) if own.exists() else ""),
        title=title,
        dates=dates,
        body=_filled(template, title=title, dates=dates, **slots),
    )


def _filled(template: str, **slots: str) -> str:
    return Template(_text(template)).substitute(slots)


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def inline_svg(text: str) -> str:
    """Return SVG without the preamble and the metadata, which only a separate file needs."""
    return SVG_PREAMBLE.sub("", text)


def section_html(section: Section) -> str:
    """Return a section as HTML."""
    parts = [f"<h2>{escaped(section.title)}</h2>", *map(paragraph, section.sentences)]
    parts += map(table_html, section.tables)
    if section.lists:
        lists = "\n".join(list_html(title, values) for title, values in section.lists.items())
        parts.append(f'<div class="columns">\n{lists}\n</div>')
    parts += [f'<p class="says">In full: {link(name, name)}</p>' for name in section.files]
    return "\n".join(parts)


def list_html(title: str, values: Mapping[str, str]) -> str:
    """Return a list of terms and their values under its heading."""
    body = definition_list(escape_values(values))
    return f'<section>\n<h3>{escaped(title)}</h3>\n<dl class="facts">\n{body}\n</dl>\n</section>'


def paragraph(text: str) -> str:
    """Return text as a paragraph."""
    return f'<p class="says">{escaped(text)}</p>'


def table_html(table: Table, links: Mapping[str, str] | None = None) -> str:
    """Return a table as HTML; `links` are the addresses of the rows' names."""
    addresses = links or {}
    head = "".join(cells("th", map(heading_html, table.headings)))
    rows = ("".join(cells("td", (linked(row[0], addresses), *map(escaped, row[1:])))) for row in table.rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    content = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    whole = f'<div class="scroll"><table class="ranking">{content}</table></div>'
    return f"<details><summary>{escaped(table.title)}</summary>{whole}</details>" if table.folded else whole


def cells(tag: str, row: Iterable[str]) -> Iterator[str]:
    """Yield the cells of a row, which are HTML; the first is text, the rest figures."""
    for place, cell in enumerate(row):
        yield f"<{tag}>{cell}</{tag}>" if place else f'<{tag} class="text">{cell}</{tag}>'


def heading_html(heading: str) -> str:
    """Return a heading with its line feeds."""
    return escaped(heading).replace("\n", "<br>")


def figure_cell(metric: Metric, value: Any) -> str:
    """Return a figure as read, with its exact value for programs."""
    return f'<data value="{"" if value is None else escaped(value)}">{escaped(figure_text(metric, value))}</data>'


def linked(name: str, addresses: Mapping[str, str]) -> str:
    """Return a name, as a link where it has an address."""
    return link(name, addresses[name]) if name in addresses else escaped(name)


def link(text: str, address: str) -> str:
    """Return a link."""
    return f'<a href="{escaped(address)}">{escaped(text)}</a>'


def definition_list(entries: Mapping[str, str]) -> str:
    """Return terms (text) and their meanings (HTML)."""
    return "\n".join(f"<div><dt>{escape(term)}</dt><dd>{meaning}</dd></div>" for term, meaning in entries.items())


def escape_values(entries: Mapping[str, Any]) -> dict[str, str]:
    """Return the entries with their values as HTML."""
    return {str(term): escaped(value) for term, value in entries.items()}


def with_reference(figure: str, reference: str) -> str:
    """Return a figure and, small, what to compare it with; both are HTML."""
    return f"<b>{figure}</b><small>{reference}</small>"


def yes_or_no(value: bool | None) -> str:
    """Return an answer as HTML, nothing for None."""
    return {None: "", True: '<span class="yes">yes</span>', False: '<span class="no">no</span>'}[value]


def notes_html(notes: Iterable[str]) -> str:
    """Return notes as paragraphs."""
    return "\n".join(f'<p class="note">{escaped(note)}</p>' for note in notes)


def escaped(value: Any) -> str:
    """Return any value as escaped text, safe between tags and inside quoted attributes."""
    return escape(str(value), quote=True)
