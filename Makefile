# Set-up is done once, and again only when a lock file changes.
PYTHON ?= python3
ARGS ?= --ticker SPY

.PHONY: run test test-slow check docs benchmark browser clean

run: .venv/installed
	.venv/bin/python runner.py $(ARGS)

# Two halves of one suite, and CI runs both: `test` takes minutes; `test-slow` looks at pages in a browser, trains
# networks, kills runs and searches for planted leaks.
# The tests start a hundred processes, which share the byte code if it may be written.
test: CHOSEN = not slow
test-slow: CHOSEN = slow
test-slow: browser
test test-slow: .venv/installed-dev
	PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n 2 --dist worksteal -m "$(CHOSEN)" $(ARGS_TEST)

browser:
	.ci/browser

check: .venv/installed-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

.venv/installed: requirements/run.lock
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/run.lock
	touch $@

.venv/installed-dev: requirements/dev.lock .venv/installed
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.lock
	touch $@

# MkDocs 2.0 has other settings, which Material announces at each build; requirements/docs.txt keeps MkDocs 1.
docs: .venv/installed-dev
	NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --strict --quiet
	@echo "The documentation is site/index.html; to search in it: .venv/bin/python -m http.server -d site"

benchmark: .venv/installed
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/benchmarks.txt
	.venv/bin/python -m benchmarks

clean:
	rm -rf .venv site
