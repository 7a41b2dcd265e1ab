"""What a run leaves to be read: files, chart, tear sheets, index page and terminal output.

Importing this package imports neither QuantStats nor matplotlib nor rich: the modules that need them are
imported by what uses them.
"""

import logging

from reports.facts import ForecastFacts, RunFacts
from reports.run_folder import WrittenFiles, check_writable
from reports.run_report import begin_sheets, write_reports

__all__ = ["ForecastFacts", "RunFacts", "WrittenFiles", "begin_sheets", "check_writable", "write_reports"]

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell users where its caches are
