# Wenda needs Python 3.11 or newer, make and a package index; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check lint format clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	$(BIN)/wenda index
	$(BIN)/wenda serve --watch

test: $(VENV)/.developing
	$(BIN)/python -m pytest

check: lint test

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wenda needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --progress-bar on --editable .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --progress-bar on --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
