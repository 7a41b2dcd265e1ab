"""The command `new`: a plug-in to begin with, and its test."""

from backtrader_walkforward.cli.new.write import new

__all__ = ["new"]
