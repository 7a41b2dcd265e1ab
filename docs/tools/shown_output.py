"""Writes the output that pages show anew: `python -m docs.tools.shown_output [PAGE]...`, such as `README.md`.

Parts of an output stand between lines of `...`; each is replaced by the lines of the new output that are most like
it, at most as many. An empty block gets the whole output.
"""

import re
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap

from docs.tools.pages import PAGES, ROOT, plugins_used, shown, text
from docs.tools.running import checkout, private_folders, run_shown

ELLIPSIS = "..."
BETWEEN = "```\n\n```text\n"
WIDTH = 120


def refreshed(old: str, output: str) -> str:
    """Return the parts of `output` that are in the places of the parts of `old`, or all of it."""
    if not old:
        return output
    lines, begin, parts = [line.rstrip() for line in output.splitlines()], 0, []
    for part in re.split(rf"^{re.escape(ELLIPSIS)}\n", old, flags=re.MULTILINE):
        found = most_like(part, lines, begin)
        begin = found.stop
        parts.append("".join(f"{row}\n" for line in lines[found] for row in wrap(line, WIDTH) or [""]))
    return f"{ELLIPSIS}\n".join(parts)


def most_like(part: str, lines: Sequence[str], begin: int) -> slice:
    """Return those lines, from `begin` on, that are most like a part of an old output, wrapped or not."""
    most = len(part.splitlines())
    places = [slice(i, j) for i in range(begin, len(lines)) for j in range(i + 1, min(i + most, len(lines)) + 1)]
    matcher = SequenceMatcher(None, b=" ".join(part.split()), autojunk=False)

    def likeness(place: slice) -> float:
        matcher.set_seq1(" ".join(" ".join(lines[place]).split()))
        return matcher.ratio() if matcher.quick_ratio() > 0.3 else 0.0

    return max(places, key=likeness)


def refresh(page: str, folder: Path) -> None:
    """Run what a page shows, in order, and write what came of it into the page."""
    body, files = text(page), plugins_used(page)
    plain = checkout(folder / "plain", files)
    private_folders(folder)
    for number, part in enumerate(shown(page)):
        place = checkout(folder / f"changed_{number}", files) if part.changes_files else plain
        output = refreshed(part.output, run_shown(part, place))
        body = body.replace(f"{part.code}{BETWEEN}{part.output}", f"{part.code}{BETWEEN}{output}", 1)
    (ROOT / page).write_text(body)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or [page for page in PAGES if shown(page)]:
        with TemporaryDirectory() as temporary:
            refresh(chosen, Path(temporary))
        print(chosen)
