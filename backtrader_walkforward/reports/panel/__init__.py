"""Reports of a panel: its page, its files, its terminal output and its notebook.

Importing this package imports neither matplotlib nor rich: the modules that need them are imported by who uses them.
"""

from backtrader_walkforward.reports.panel.write import write_panel

__all__ = ["write_panel"]
