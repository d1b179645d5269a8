# Ihala. `make demo` runs it, `make test` checks it; both need Python 3.11 or newer and nothing else.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test night check bench install messages clean
.DEFAULT_GOAL := demo

demo: $(STAMP)
	@exec $(BIN)/ihala demo --port $(PORT)

install: $(STAMP)

# The environment follows the lock file: packages with their hashes, then the product itself. The lock is complete, so
# nothing is resolved anew: with dependencies, pip would look for the newest release wherever an extra is asked for.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ihala needs Python 3.11 or newer (PYTHON=… names another one)." >&2; exit 1; }
	@echo "Making $(VENV) (first time: a few minutes of downloads)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

check: $(STAMP)
	@BIN=$(BIN) sh config/check.sh

test: check
	@$(BIN)/python -m tests.run

# What takes too long for every change: ten thousand random bookings by the product's own actions, a minute or two.
night: $(STAMP)
	@IHALA_RANDOM_BOOKINGS=10000 $(BIN)/python -m pytest -q -n 0 tests/shelter/test_random_bookings.py

bench: $(STAMP)
	@$(BIN)/ihala bench

# The Arabic catalogue, compiled for a server that is started by hand.
messages: $(STAMP)
	@$(BIN)/ihala messages compile

clean:
	rm -rf var
