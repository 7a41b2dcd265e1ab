"""Bokeh's models as JSON for a page, and the script that draws them."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from bokeh.document import Document
from bokeh.models import UIElement

from backtrader_walkforward.reports.formatting import json_tree
from backtrader_walkforward.reports.pages.html import Html

MODEL_ID = re.compile(r'"id":"(p\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
"""Ids of models: counted, or with BOKEH_SIMPLE_IDS=no random."""


@cache
def bokeh_script() -> str:
    """Return BokehJS: its core, which draws all charts of the page."""
    static = resources.files("bokeh") / "server" / "static" / "js"
    return (static / "bokeh.min.js").read_text(encoding="utf-8")


def models_json(models: Mapping[str, UIElement]) -> str:
    """Return models that may share ranges and sources as the JSON that `Bokeh.embed.embed_items` reads.

    Parameters
    ----------
    models : mapping of str to UIElement
        Models by the id of the element of the page that shows each.

    Returns
    -------
    str
        `docs` and `items`. The same models give the same text: Bokeh numbers the models of a process one after the
        other, here they are numbered within the page.
    """
    document = Document(title="report")
    with document.models.freeze():  # else Bokeh walks through all models again with each that is added
        for model in models.values():
            document.add_root(model)
    places = dict(zip((model.id for model in models.values()), models, strict=True))
    text, numbers = renumbered(json.dumps(document.to_json(deferred=False), separators=(",", ":")))
    document.clear()
    roots = {numbers[model]: place for model, place in places.items()}
    items = [{"docid": "report", "roots": roots, "root_ids": list(roots)}]
    return f'{{"docs":{{"report":{text}}},"items":{json.dumps(items)}}}'


def renumbered(text: str) -> tuple[str, dict[str, str]]:
    """Return the JSON with its model ids counted from 1 in the order of the text, and the new ids by the old ones.

    >>> renumbered('{"id":"p1005","of":{"id":"p1002"},"again":{"id":"p1005"}}')[0]
    '{"id":"m1","of":{"id":"m2"},"again":{"id":"m1"}}'
    """
    numbers: dict[str, str] = {}
    return MODEL_ID.sub(lambda found: f'"id":"{numbers.setdefault(found[1], f"m{len(numbers) + 1}")}"', text), numbers


def data_block(name: str, value: Any) -> Html:
    """Return a value as JSON that the page's script reads and no browser runs, whatever text is in it."""
    text = value if isinstance(value, str) else json.dumps(json_tree(value), separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c")
    return Html(f'<script type="application/json" id="{name}">{safe}</script>')
