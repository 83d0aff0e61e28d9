# `make demo` shows the whole way, `make test` tests it, `make test-all` also runs what is slow, with a real vLLM.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo serve test test-all check clean

demo: $(VENV)/.web
	@EVALSITE_DATA_DIR=$${EVALSITE_DATA_DIR:-var/demo} $(BIN)/python manage.py demo $(ARGS)

serve: $(VENV)/.web
	@$(BIN)/python manage.py serve $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m tests.run $(ARGS)

test-all: $(VENV)/.dev
	@$(BIN)/python -m tests.run --all $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

clean:
	rm -rf $(VENV) .venv-vllm var

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evalsite needs Python 3.11 or newer; run make with PYTHON=/path/to/it")'
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.web: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing requirements.txt"
	@$(PIP) -c constraints.txt -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt constraints.txt | $(BIN)/python
	@echo "Installing requirements-dev.txt"
	@$(PIP) -c constraints.txt -r requirements-dev.txt
	@touch $@ $(VENV)/.web
