# `make demo` and `make test` do all the set-up they need; see README.md.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
DEMO_DATA ?= data/demo

.PHONY: setup demo test coverage test-long check bench bench-search bench-parsing lock

setup: .venv/.ready

.venv/.ready: pyproject.toml requirements/use.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Needs the system package python3-venv; installing it."; $$(command -v sudo || true) apt-get install -y python3-venv; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/tsunagari import --data-dir $(DEMO_DATA) fixtures/demo.toml
	$(BIN)/tsunagari publish --data-dir $(DEMO_DATA) --if-staged
	$(BIN)/tsunagari serve --data-dir $(DEMO_DATA) --port $(PORT)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	@tests/install-system-packages
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not long"

# The same tests, and which lines none of them runs; takes a third longer.
coverage: check
	@tests/install-system-packages
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist loadfile -m "not long"
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

test-long: check
	@tests/install-system-packages
	$(BIN)/python -m pytest

bench: setup
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/offers.py

# ARGS=--all measures 1,000,000 programmes too.
bench-search: setup
	$(BIN)/python -m benchmarks.search $(ARGS)

# The readers that ours is measured against are installed apart: no test sees them.
.venv-bench/.ready: pyproject.toml requirements/bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

bench-parsing: .venv-bench/.ready
	.venv-bench/bin/python -m benchmarks.parsing $(ARGS)

# New exact versions within pyproject.toml's bounds; the files carry hashes and no addresses.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/use.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements/use.txt pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev --extra bench -c requirements/dev.txt pyproject.toml -o requirements/bench.txt
