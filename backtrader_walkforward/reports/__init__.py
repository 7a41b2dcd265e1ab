"""Reports of a run: files, chart, tear sheets, index page and terminal output.

Importing this package imports neither QuantStats nor matplotlib nor rich: the modules that need them are
imported by what uses them.
"""

from backtrader_walkforward.reports.run_folder import WrittenFiles, check_writable
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.write import write_reports

__all__ = ["RunSummary", "WrittenFiles", "check_writable", "write_reports"]
