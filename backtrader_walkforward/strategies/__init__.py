"""Strategies under one import name: those of the package, then those in ./strategies of the working folder."""

from backtrader_walkforward.plugins import plugin_folders

__path__ = plugin_folders(__file__)
