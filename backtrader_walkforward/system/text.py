"""Text for messages."""


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if need be.

    >>> pluralize(1, "variant"), pluralize(20, "variant")
    ('1 variant', '20 variants')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
