"""Writing TOML, which Python's own `tomllib` only reads."""

import json
from collections.abc import Mapping
from typing import Any


def toml_document(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables of keys and values as TOML.

    >>> print(toml_document({"data": {"ticker": "SPY", "period": 730}}), end="")
    [data]
    ticker = "SPY"
    period = 730
    """
    return "\n".join(
        "".join([f"[{name}]\n", *(f"{key} = {toml_value(value)}\n" for key, value in table.items())])
        for name, table in tables.items()
    )


def toml_value(value: Any) -> str:
    """Return a text, a number, a truth value, or a list or mapping of them as TOML.

    Half a character, which TOML does not know, becomes a question mark.

    >>> toml_value(["daily", "weekly"]), toml_value({"calm": "half"}), toml_value(True), toml_value(0.5)
    ('["daily", "weekly"]', '{calm = "half"}', 'true', '0.5')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        whole = value.encode(errors="replace").decode()
        return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
