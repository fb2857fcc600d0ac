# make run: everything, then the demo bank on http://127.0.0.1:8000   make test: all tests   make bench: the table of figures
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

export QINGSHOU_HOME ?= var

.PHONY: run setup test test-setup bench lint clean

run: setup
	QINGSHOU_MODE=demo $(VENV)/bin/qingshou init --demo
	QINGSHOU_MODE=demo $(VENV)/bin/qingshou serve

setup: $(VENV)/.base
	@$(PY) scripts/messages.py compile

test: $(VENV)/.dev
	bash scripts/test.sh

bench: $(VENV)/.dev
	$(PY) -m benchmarks

lint: $(VENV)/.dev
	bash scripts/lint.sh

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'

$(VENV)/.base: requirements/base.txt requirements/fonts.txt | $(VENV)/bin/python
	@echo "Installing what Qingshou needs (a minute or two the first time) ..."
	$(PIP) -r requirements/base.txt -r requirements/fonts.txt
	@$(PY) scripts/link.py
	@$(PY) scripts/assets.py
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(PIP) -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) var staticfiles
