"""What a page shows of an output."""

import re


def assert_shows(shown_output: str, output: str) -> None:
    """Require that `output` has the parts of `shown_output` between lines of `...`, in order, lines wrapped or not."""
    position, flat = 0, " ".join(output.split())
    for part in re.split(r"^\.\.\.$", shown_output, flags=re.MULTILINE):
        words = " ".join(part.split())
        assert words in flat[position:], f"not in the output: {part}"
        position = flat.index(words, position) + len(words)
