"""Words that many sentences need."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if need be.

    >>> counted(1, "variant"), counted(20, "variant")
    ('1 variant', '20 variants')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
