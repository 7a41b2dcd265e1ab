"""The packages of plug-ins: their modules lie outside the folder of this package."""

from types import ModuleType

from backtrader_walkforward import analyzers, predictors, strategies

PACKAGES: dict[str, ModuleType] = {"strategies": strategies, "predictors": predictors, "analyzers": analyzers}
"""By the name of their folders."""
