"""How much of a ranking is luck, a test a file, and the verdict on all of them."""

from analyzers.luck.judge import judge
from analyzers.luck.result import Luck, VariantLuck

__all__ = ["Luck", "VariantLuck", "judge"]
