"""A run as its readers get it: page, terminal and JSON."""

import json
from io import StringIO

from backtrader_walkforward.reports.data_files import results_json
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.reports.terminal_summary import print_summary


def page_of(summary, sheets=(), files=()):
    return index_page(summary, sections_of(summary), dict(sheets), files)


def json_of(summary):
    return json.loads(results_json(summary, sections_of(summary)))


def printed_of(summary):
    file = StringIO()
    print_summary(Terminal(file=file, details=True), summary)
    return file.getvalue()
