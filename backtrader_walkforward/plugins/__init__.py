"""Plug-ins: classes found in the files of a folder, so that adding one means adding a file."""

from backtrader_walkforward.plugins.call import PluginCall
from backtrader_walkforward.plugins.discovery import Plugins, find_subclasses
from backtrader_walkforward.plugins.places import place_of, plugin_file, plugin_folders, plugin_modules, snake_case

__all__ = [
    "PluginCall",
    "Plugins",
    "find_subclasses",
    "place_of",
    "plugin_file",
    "plugin_folders",
    "plugin_modules",
    "snake_case",
]
