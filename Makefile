# Openline. `make help` lists what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
COMPILED := $(VENV)/.compiled
WEB    := $(shell git ls-files web src/openline/forms/refusals 2>/dev/null)
SEEDS  ?= 200
FIRST  ?= 0
SECONDS ?= 60
SOAK ?= 300

export UV_PYTHON_DOWNLOADS = never
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test explore test-slow soak simulate replay browser mail geoid lint fuzz bench bench-long docs screenshot lock clean

help: ## what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(READY) $(COMPILED) ## .venv with the command .venv/bin/openline

$(READY): requirements.lock pyproject.toml hatch_build.py src/openline/__init__.py $(WEB)
	@$(PYTHON) -c 'import sys; sys.exit("Openline needs Python 3.11 or later: make PYTHON=python3.12 setup") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what requirements.lock names"
	@awk '/^uv==/ {p=1; print; next} /^[^ ]/ {p=0} p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@echo "building and installing openline (with its console)"
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

# Else a station's first 5,000 activities have it done, in another process, and are slower meanwhile.
$(COMPILED): $(READY) $(wildcard src/openline/conflict/*.py)
	@echo "compiling the search for conflicts ahead, where numba is (half a minute, once)"
	@$(BIN)/python -m openline.conflict.compiled \
	  || echo "not compiled: a station with many activities will have it done when it needs it"
	@touch $@

demo: $(READY) ## two stations replay the spring of 2022; Ctrl-C ends it
	@$(BIN)/openline demo

test: $(READY) browser mail geoid ## every test of the ordinary run, on two cores
	$(BIN)/python -m pytest -n 2 --dist loadfile

explore: $(READY) ## the tests of laws, with examples that nobody has seen yet
	$(BIN)/python -m pytest -n 2 --dist loadfile --hypothesis-profile=explore tests/unit tests/simulation

test-slow: $(READY) browser mail geoid ## the slow set
	$(BIN)/python -m pytest -m slow

soak: $(READY) ## SOAK=300 seconds of two stations on a wire that fails by seed
	OPENLINE_SOAK_S=$(SOAK) $(BIN)/python -m pytest tests/e2e/test_soak.py

simulate: $(READY) ## SEEDS=N runs of stations and faults in one process each; REAL=1 with real signatures
	@cd tests && $(CURDIR)/$(BIN)/python -m simulation --seeds $(SEEDS) --first $(FIRST) $(if $(REAL),--real)

replay: $(READY) ## SEED=N once more, every step told
	@cd tests && $(CURDIR)/$(BIN)/python -m simulation --seed $(SEED) --trace $(if $(REAL),--real)

mail: # Dovecot for the mail carrier's tests, installed by apt where it is absent and may be
	-@sh tests/e2e/install-mail.sh

geoid: # PROJ's data for the geoid's tests, installed by apt where it is absent and may be
	-@sh tests/install-package.sh proj-data "the geoid's tests"

browser: # Chromium for the browser's tests, installed by apt where it is absent and may be
	@sh tests/browser/install-chromium.sh

lint: $(READY) ## ruff, mypy --strict, tsc --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python hatch_build.py check

fuzz: $(READY) ## every reader under atheris; SECONDS=60 for each
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds $(SECONDS)

bench: $(READY) ## figures, each beside its floor in the same run
	$(BIN)/python -m benchmarks

bench-long: $(READY) ## what takes minutes: a queue of 100,000, a record of 1,000,000
	$(BIN)/python -m benchmarks --long

docs: $(READY) ## regenerate the parts of docs/ that come from the code
	$(BIN)/python docs/generate.py

screenshot: $(READY) browser ## take docs/console.png from a running demo
	$(BIN)/python docs/screenshot.py

lock: ## renew requirements.lock (hashes, no addresses)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --extra fast pyproject.toml -o requirements.lock --upgrade

clean: ## remove what was built or installed here
	rm -rf $(VENV) build dist web/node_modules src/openline/console/static .mypy_cache .ruff_cache .pytest_cache .hypothesis
