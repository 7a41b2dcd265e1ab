"""Web pages that ask no host for anything and show text as text.

Functions here take text or `Html`, and return `Html`.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
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
"""Policy of all pages: a browser may apply their styles and show their pictures. No request, and no script but ours."""

SVG_PREAMBLE = re.compile(r"<\?xml.*?\?>\s*|<!DOCTYPE svg.*?>\s*|<metadata>.*?</metadata>\s*", re.DOTALL)


class Html(str):
    """Text that is HTML already. Everything else is escaped where it enters a page."""


def escaped(value: Any) -> Html:
    """Return any value as HTML, safe between tags and inside quoted attributes; HTML as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def lines(parts: Iterable[str]) -> Html:
    """Return pieces of HTML, a line each."""
    return Html("\n".join(parts))


def page(template: str, /, *, libraries: Sequence[str] = (), styles: Sequence[str] = (), **slots: Any) -> str:
    """Return a page whose body is `templates/TEMPLATE` filled in.

    `TEMPLATE.css`, if there is one, is its own style, after the style sheets named in `styles`. `TEMPLATE.js`, if there
    is one, is its script, which runs after those of `libraries`; the policy of the page allows no other. The slots
    `title` and `dates` are those of the whole page, too. All slots are filled in one pass, so nothing that stands in a
    slot is taken for a slot.
    """
    stem = template.removesuffix(".html")
    scripts = [*libraries, *filter(None, [template_text(f"{stem}.js", "")])]
    own = {
        "policy": policy(*scripts),
        "style": Html(
            "".join([*map(template_text, ("page.css", "plot.css", *styles)), template_text(f"{stem}.css", "")])
        ),
        "script": Html("".join(f"<script>{script}</script>\n" for script in scripts)),
    }
    return filled("page.html", slots | own | {"body": filled(template, slots)})


def policy(*scripts: str) -> Html:
    """Return the policy of a page with these scripts, each allowed by its hash; with none it allows no script."""
    if not scripts:
        return Html(CONTENT_SECURITY_POLICY)
    digests = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return Html(f"{CONTENT_SECURITY_POLICY}; script-src {digests}")


def filled(template: str, slots: Mapping[str, Any]) -> Html:
    """Return `templates/TEMPLATE` filled in."""
    return Html(Template(template_text(template)).substitute({name: escaped(value) for name, value in slots.items()}))


def template_text(name: str, otherwise: str | None = None) -> str:
    """Return the text of a template; `otherwise`, if it is given, where there is no such file."""
    path = TEMPLATES / name
    return otherwise if otherwise is not None and not path.exists() else path.read_text(encoding="utf-8")


def element(tag: str, *content: Any, kind: str = "") -> Html:
    """Return an element of a page, of the class `kind` if there is one."""
    attribute = f' class="{escaped(kind)}"' if kind else ""
    return Html(f"<{tag}{attribute}>{''.join(map(escaped, content))}</{tag}>")


def verdict_html(verdict: str) -> Html:
    """Return the lines of a verdict as paragraphs: the answer large, then the reason, then the figures."""
    kinds = ("answer", "verdict", "says")
    return lines(element("p", line, kind=kind) for line, kind in zip(verdict.splitlines(), kinds, strict=False))


def warnings_html(warnings: Iterable[str]) -> Html:
    """Return warnings as a list; nothing where there is none."""
    items = lines(element("li", warning) for warning in warnings)
    return element("ul", "\n", items, "\n", kind="warnings") if items else items


def notes_html(notes: Iterable[str]) -> Html:
    """Return notes as paragraphs."""
    return lines(element("p", note, kind="note") for note in notes)


def link(text: str, address: str | None) -> Html:
    """Return a link, or the text alone where there is no address."""
    return escaped(text) if address is None else Html(f'<a href="{escaped(address)}">{escaped(text)}</a>')


def explore_link() -> Html:
    """Return a link from a plain page to the page with the charts, beside it."""
    words = ": look at single days, compare accounts, choose a window."
    return element("p", link("Explore the charts", "report.html"), words, kind="says")


def definition_list(entries: Mapping[str, Any]) -> Html:
    """Return terms and their meanings."""
    return lines(element("div", element("dt", term), element("dd", value)) for term, value in entries.items())


def heading_html(heading: str) -> Html:
    """Return a heading with its line feeds."""
    return Html(escaped(heading).replace("\n", "<br>"))


def figure_cell(metric: Metric, value: Any) -> Html:
    """Return a figure as read, with its exact value for programs."""
    exact = "" if value is None else escaped(value)
    return Html(f'<data value="{exact}">{escaped(figure_text(metric, value))}</data>')


def with_reference(figure: str, reference: str) -> Html:
    """Return a figure and, small, what to compare it with."""
    return Html(element("b", figure) + element("small", reference))


def yes_or_no(value: bool | None) -> Html:
    """Return an answer, nothing for None."""
    answer = "yes" if value else "no"
    return Html() if value is None else element("span", answer, kind=answer)


def inline_svg(text: str) -> Html:
    """Return SVG without the preamble and the metadata, which only a separate file needs."""
    return Html(SVG_PREAMBLE.sub("", text))


def table_html(table: Table, links: Mapping[str, str] | None = None) -> Html:
    """Return a table; `links` are the addresses of the rows' names."""
    addresses = links or {}
    head = _row("th", *map(heading_html, table.headings))
    rows = lines(_row("td", link(name, addresses.get(name)), *figures) for name, *figures in table.rows)
    body = Html(f"\n<tbody>\n{rows}\n</tbody>")
    whole = scrolling(element("table", element("thead", head), body, kind="ranking"), table.title)
    return element("details", element("summary", table.title), whole) if table.folded else whole


def scrolling(content: Html, name: str, *, kind: str = "", style: str = "") -> Html:
    """Return a region that scrolls where it is wider than the screen, by keyboard too, with a name to be read."""
    classes, styled = escaped(f"scroll {kind}".strip()), f' style="{escaped(style)}"' if style else ""
    region = f'<div class="{classes}" role="region" tabindex="0" aria-label="{escaped(name)}"{styled}>'
    return Html(f"{region}{escaped(content)}</div>")


def _row(tag: str, first: str, *figures: str) -> Html:
    return element("tr", element(tag, first, kind="text"), *(element(tag, figure) for figure in figures))


def facts_list(values: Mapping[str, Any]) -> Html:
    """Return names and values, two columns."""
    return Html(f'<dl class="facts">\n{definition_list(values)}\n</dl>')


def settings_html(owner: str, settings: Mapping[str, Any]) -> Html:
    """Return the settings of a run, a panel or a ledger, which the reader unfolds."""
    names_and_values = facts_list(dict(sorted(settings.items())))
    return Html(f"<details><summary>Settings of this {escaped(owner)}</summary>\n{names_and_values}\n</details>")


def section_html(section: Section) -> Html:
    """Return a section."""
    parts = [element("h2", section.title), *(element("p", text, kind="says") for text in section.sentences)]
    parts += [Html(section.picture), *map(table_html, section.tables)]
    if section.lists:
        lists = lines(
            f"<section>\n{element('h3', title)}\n{facts_list(values)}\n</section>"
            for title, values in section.lists.items()
        )
        parts.append(element("div", "\n", lists, "\n", kind="columns"))
    parts += [element("p", "In full: ", link(name, name), kind="says") for name in section.files]
    return lines(parts)
