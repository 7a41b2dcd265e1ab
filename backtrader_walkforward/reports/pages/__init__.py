"""HTML pages: the index of a run, the page of a live record, and what every page is made of."""
