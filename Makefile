# Wenda needs Python 3.11 or newer, make and a package index; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
# The versions that CI tests with; pyproject.toml has the bounds that are thought to work.
LOCK := constraints.txt
# A module's tests share what is costly to start, so each module runs in one process.
# More than a few processes would each hold a model.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: run test quick check lint format lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	$(BIN)/wenda index
	$(BIN)/wenda serve --watch

# All tests: with the model, and in a browser where there is one.
test: $(VENV)/.developing
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

# What takes a minute, before every commit.
quick: lint
	$(BIN)/python -m pytest -q -m "not model and not browser and not slow"

check: lint test

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The newest versions that the bounds allow, to be tested before they are committed.
lock:
	$(PIP) install --upgrade --upgrade-strategy eager --editable '.[all,dev]'
	sed -n '/^#/p' $(LOCK) > $(LOCK).new
	$(PIP) list --format=freeze --exclude-editable --exclude pip --exclude setuptools \
		| sed 's/+.*//' >> $(LOCK).new
	mv $(LOCK).new $(LOCK)

$(VENV)/.installed: pyproject.toml $(LOCK)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wenda needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --progress-bar on --constraint $(LOCK) --editable '.[all]'
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(PIP) install --progress-bar on --constraint $(LOCK) --editable '.[all,dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
