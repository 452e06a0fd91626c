# Every target does its own set-up: a virtual environment in .venv, made with uv where there is one.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench clean

PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
FILE ?=

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

setup: $(BIN)/.ready ## Make the virtual environment

$(BIN)/.ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "refact-lsp needs Python 3.11 or newer; none was found on the PATH."; exit 1; }
	@echo "Setting up .venv (once) ..."
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python "$(PYTHON)" .venv && \
		uv pip install --quiet --python $(BIN)/python --editable . --group dev; \
	else \
		"$(PYTHON)" -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev; \
	fi
	@touch $@

demo: setup ## See completions at work on the newest lines of this repository, or on FILE=path
	@$(BIN)/refact-lsp demo $(if $(FILE),"$(FILE)")

test: setup ## Run all tests that need no other program, and say what was left out
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup ## Format, lint, types, import contracts, tests: what must hold before a commit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: setup ## Format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Measure what the README promises
	@$(BIN)/python -m tests.bench $(ARGS)

clean: ## Take away what was built here
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
