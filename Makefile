# make setup   .venv with rasterbout and its tools, and Orfeo ToolBox where that can be installed
# make test    everything that must hold, in about ten minutes
# make bench   the comparison; PRESET=smoke, quick (default) or full
# make lint    style, types, layers
# make clean   what the other targets made in this folder

PRESET ?= quick
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup otb test lint bench clean

setup: .venv/ready otb

.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'rasterbout needs Python 3.11 or newer; try make PYTHON=python3.12 $(MAKECMDGOALS)' >&2; exit 2; }
	@echo 'making .venv' >&2
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

otb:
	@tools/install_otb.sh

test: setup lint
	$(BIN)/pytest --numprocesses=auto --dist=loadgroup

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup
	$(BIN)/rasterbout run --preset $(PRESET)

clean:
	rm -rf .venv build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
