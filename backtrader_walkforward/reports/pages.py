"""Web pages that ask no host for anything and show text as text."""

import re
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from backtrader_walkforward.reports.formatting import number, percent

TEMPLATES = Path(__file__).parent / "templates"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""What a browser may do with a page of ours: apply its styles and show its pictures. No script, no request."""

SVG_PREAMBLE = re.compile(r"<\?xml.*?\?>\s*|<!DOCTYPE svg.*?>\s*|<metadata>.*?</metadata>\s*", re.DOTALL)


def page(template: str, /, **slots: str) -> str:
    """Return `templates/TEMPLATE` filled in.

    The slots are HTML: whoever fills one escapes what is text in it. They are filled in one pass, so nothing that
    stands in a slot is taken for a slot.
    """
    shared = {"policy": CONTENT_SECURITY_POLICY, "style": template_text("page.css")}
    return Template(template_text(template)).substitute(shared | slots)


def template_text(name: str) -> str:
    """Return the text of a template."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def inline_svg(text: str) -> str:
    """Return SVG without what only a file of its own needs: the preamble, and metadata that name the time."""
    return SVG_PREAMBLE.sub("", text)


def figure_cell(value: float | int | None, form: str) -> str:
    """Return a figure as read (`form` is percent, number or count), with its exact value for programs."""
    text = {"percent": percent, "number": number, "count": lambda count: number(count, 0)}[form](value)
    return f'<data value="{"" if value is None else repr(value)}">{escape(text)}</data>'


def yes_or_no(value: bool | None) -> str:
    """Return an answer as HTML, nothing for None."""
    return {None: "", True: '<span class="yes">yes</span>', False: '<span class="no">no</span>'}[value]


def definition_list(entries: dict[str, str]) -> str:
    """Return terms (text) and what they mean (HTML)."""
    return "\n".join(f"<div><dt>{escape(term)}</dt><dd>{meaning}</dd></div>" for term, meaning in entries.items())


def plain_text(value: Any) -> str:
    """Return any value as escaped text, safe between tags and inside quoted attributes."""
    return escape(str(value), quote=True)
