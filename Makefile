# make setup       .venv with rasterbout and its tools; Orfeo ToolBox, Chromium and npm where they can be installed
# make test        lint and all tests, with a cover of the conformance suite (docs/testing.md: times); CI runs it
# make test-fast   lint and the quick tests, for every day
# make test-all    the same as make test with every conformance check on every backend; every night
# make test-asv    asv in a fresh clone, and its pages in a browser, in about eight minutes
# make test-cluster  the tests on a SLURM of two nodes, which it starts on this machine (root on Debian)
# make bench       the comparison, and its page; PRESET=smoke, quick (default) or full; RUN=folder
# make asv         the asv suite on the last commit, and its pages; then: .venv/bin/asv preview; QUICK=--quick
# make history     the asv suite on the last COMMITS commits (default 10), and its pages; MACHINE names the machine
# make compare     whether HEAD is slower than BASE (default: the commit before), in pairs; SUMMARY=file.md OPTIONS=...
# make quickbench  the small suite of pytest-benchmark
# make lint        style, types, layers
# make clean       what the other targets made in this folder
#
# PYTHON and VENV choose another Python: make test-fast PYTHON=python3.13 VENV=.venv-3.13

PRESET ?= quick
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN ?= runs/$(shell date +%Y%m%d-%H%M%S)-$(PRESET)
COMMITS ?= 10
MACHINE ?= $(shell hostname)
QUICK ?=
BASE ?= HEAD~1
HEAD ?= HEAD
SUMMARY ?= compare.md
OPTIONS ?=

.PHONY: setup otb browser slurm test test-fast test-all test-asv test-cluster lint bench asv history pages compare \
	quickbench clean

setup: $(VENV)/ready otb browser
	@$(BIN)/rasterbout backends >/dev/null  # probes OTB once, so that later calls are quick

$(VENV)/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'rasterbout needs Python 3.11 or newer; try make PYTHON=python3.12 $(MAKECMDGOALS)' >&2; exit 2; }
	@echo 'making $(VENV)' >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

otb:
	@tools/install_otb.sh

slurm:
	@tools/test_cluster.sh install

browser:
	@tools/install_browser.sh

PYTEST := $(BIN)/pytest --numprocesses=auto --dist=loadgroup

test: setup lint
	$(PYTEST)

test-fast: $(VENV)/ready lint
	$(PYTEST) -m 'not slow'

test-all: setup lint
	$(PYTEST) -m 'not asv and not cluster'

test-asv: setup
	$(BIN)/pytest -m asv

test-cluster: setup slurm
	$(BIN)/pytest -m 'cluster and not full'

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup
	@folder=$(RUN); status=0; \
	$(BIN)/rasterbout run --preset $(PRESET) --out $$folder || status=$$?; \
	if [ -e $$folder/records.jsonl ]; then $(BIN)/rasterbout report $$folder || status=$$?; fi; \
	exit $$status

asv: setup
	$(BIN)/asv machine --yes --machine $(MACHINE) >/dev/null
	$(BIN)/asv run --show-stderr $(QUICK) --machine $(MACHINE) 'HEAD^!'
	$(MAKE) pages

history: setup
	$(BIN)/asv machine --yes --machine $(MACHINE) >/dev/null
	$(BIN)/asv run --show-stderr $(QUICK) --machine $(MACHINE) --skip-existing-commits HEAD~$(COMMITS)..HEAD
	$(MAKE) pages

pages:
	$(BIN)/asv publish

compare: setup
	$(BIN)/rasterbout compare $(BASE) $(HEAD) --markdown $(SUMMARY) $(OPTIONS)

quickbench: setup
	$(BIN)/pytest --benchmark-only --benchmark-autosave

clean:
	rm -rf .venv .venv-* .asv build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
