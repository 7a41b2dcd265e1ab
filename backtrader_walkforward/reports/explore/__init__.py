"""`report.html`: the run as a page to explore, with Bokeh's charts on one axis of time."""
