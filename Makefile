# `make` alone lists what there is. Every target sets up .venv by itself, once; nothing needs root.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Any Python from 3.11 to 3.13 will do: `make extract PYTHON=python3.12`.
PYTHON ?= python3
RAW ?= data/raw
OUT ?= data/processed
EXPORT ?= $(OUT)/export
GOLD ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip -qq --no-input

.PHONY: help extract test lint format licences score evaluation bench dictionary export learn lock setup clean clean-all

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /\1|/' \
	  | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

extract: $(READY) ## Extract the facts: RAW=folder of articles (data/raw), OUT=folder of tables (data/processed)
	@$(BIN)/union-events extract "$(RAW)" "$(OUT)" $(ARGS)

test: $(READY) ## Run the tests: ARGS="-k money" for some of them
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## Put the code into its usual form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

licences: $(READY) ## Check that every dependency's licence goes with MIT
	@$(BIN)/python tools/check_licences.py requirements.lock

score: $(READY) ## Score the tables in OUT: GOLD="file …" (tests/gold), ARGS=--errors lists every miss
	@$(BIN)/union-events score --tables "$(OUT)" $(if $(GOLD),--gold $(GOLD)) $(ARGS)

evaluation: $(READY) ## Write docs/evaluation.md: scores beside general tools (real articles too, where the environment names gold)
	@$(BIN)/python -m benchmarks.evaluation

bench: $(READY) ## Measure what a run costs and write docs/performance.md: ARGS="--sizes 1000,10000,100000" for more
	@$(BIN)/python -m benchmarks.speed $(ARGS)

dictionary: $(READY) ## Write docs/tables.md from the schema
	@$(BIN)/python -m tools.data_dictionary

export: $(READY) ## Write the tables in OUT as one Excel file and as CSV: EXPORT=folder (OUT/export)
	@$(BIN)/union-events export --tables "$(OUT)" --out "$(EXPORT)" $(ARGS)

learn: $(READY) ## Learn the furniture of sites from the articles in RAW, as rules to be read (rules/furniture/learnt.yaml)
	@$(BIN)/union-events learn "$(RAW)" $(ARGS)

lock: $(READY) ## Renew requirements.lock from pyproject.toml: ARGS=--upgrade for newer versions
	@cp requirements.lock $(VENV)/new.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --all-extras $(ARGS) pyproject.toml --output-file $(VENV)/new.lock
	@# an unchanged lock keeps its time, and so the environment
	@cmp -s $(VENV)/new.lock requirements.lock || cp $(VENV)/new.lock requirements.lock

setup: $(READY) ## Set up .venv and nothing else
	@echo "$(VENV) is ready"

clean: ## Remove tables, intermediate files and caches; RAW stays as it is
	@find data/processed data/interim -mindepth 1 ! -name .gitkeep -delete 2>/dev/null || true
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	@find pipeline tests tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

clean-all: clean ## Remove .venv too
	@rm -rf $(VENV)

# Two stamps: a changed lock makes the environment anew, a changed pyproject.toml only installs the project again.
$(LOCKED): requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
	  found=$$("$(PYTHON)" --version 2>/dev/null || echo "not to be found"); \
	  echo "union-events needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$found." >&2; \
	  echo "Name another: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12" >&2; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON) (once, some minutes)…"
	@"$(PYTHON)" -m venv --clear $(VENV) || { echo "On Debian and Ubuntu: install python3-venv." >&2; exit 1; }
	@# the pip that Python brings may be old: the pinned one first, itself checked by its hash
	@awk '/^[a-z]/ { mine = /^pip==/ } mine' requirements.lock > $(VENV)/pip.lock
	@$(PIP) install --upgrade --require-hashes -r $(VENV)/pip.lock
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
