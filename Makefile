# Each target makes the environment it needs with nothing but python3 and pip, and refreshes it when a list of
# requirements has changed; a second call goes straight to work.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCES = autograd nn optim tapegrad

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.NOTPARALLEL:
.PHONY: help demo test coverage check format bench notebooks clean

help:            ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.examples     ## train on handwritten digits and on XOR; write curves, a graph, weights and a page to out/
	$(BIN)/python examples/digits.py
	$(BIN)/python examples/see_backprop.py --only xor

test: $(VENV)/.dev          ## run the whole test suite; ARGS="-k relu" narrows it
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto $(ARGS)

coverage: $(VENV)/.dev      ## the same, and which lines it reaches; takes twice as long
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --cov --cov-report=term $(ARGS)

check: $(VENV)/.dev         ## format, lint, types, import rules, doctests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py
	$(BIN)/python -m pytest -q --doctest-modules --doctest-glob='*.md' $(SOURCES) README.md

format: $(VENV)/.dev        ## rewrite the files in the project's format
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: benchmarks/.venv-peers/.done benchmarks/.venv-hips/.done   ## time the peers side by side; ARGS="--only W3" narrows it
	benchmarks/.venv-peers/bin/python benchmarks/run.py $(ARGS)

notebooks: $(VENV)/.notebooks   ## execute every notebook into out/notebooks; TO=--inplace renews their outputs
	printf '%s\n' notebooks/*.ipynb | OMP_NUM_THREADS=1 xargs -P "$$(getconf _NPROCESSORS_ONLN)" -n 1 \
		$(BIN)/jupyter nbconvert --log-level=ERROR --to notebook --execute $(or $(TO),--output-dir out/notebooks) \
		--ExecutePreprocessor.record_timing=False --ExecutePreprocessor.coalesce_streams=True

clean:           ## remove environments, caches and what programs wrote
	rm -rf $(VENV) benchmarks/.venv-* out build dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------- environments

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "tapegrad needs Python 3.11 or newer; choose one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv --clear $* \
		|| { echo "python3 cannot make environments here; on Debian: apt-get install python3-venv"; exit 1; }

# one stamp for each list of extras, newer than pyproject.toml while it is in force
$(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

benchmarks/.venv-peers/.done: benchmarks/peers.txt pyproject.toml | benchmarks/.venv-peers/bin/python
	benchmarks/.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --editable . -r $<
	@touch $@

# HIPS autograd has our import name: it lives alone
benchmarks/.venv-hips/.done: benchmarks/hips.txt | benchmarks/.venv-hips/bin/python
	benchmarks/.venv-hips/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
