# Every target sets up what it needs; `make` prints this list.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SEED ?= 1

.PHONY: help install demo test test-slow test-docker check format lint types contracts docs clean bench-wheel bench-traces bench-gate bench-mining

help: ## Print the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: $(STAMP) ## Make .venv with everything in it

demo: $(STAMP) ## Turn the wheel on embedded defaults (FRESH=1 begins anew, SEED=n)
	$(BIN)/flywheel demo --folder .demo --seed $(SEED) $(if $(FRESH),--fresh)

test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -n auto

test-slow: $(STAMP) ## Run the tests that take minutes, and properties with all examples; writes docs/benchmarks/slow.json
	ALL_EXAMPLES=1 $(BIN)/python -m pytest -m 'hypothesis and not slow and not docker' -n auto
	$(BIN)/python -m pytest -m slow --timeout 900 --results docs/benchmarks/slow.json

test-docker: $(STAMP) ## Run the tests that need a Docker engine (and, for their image, debootstrap)
	$(BIN)/python -m pytest -m docker --timeout 600 -rs

check: $(STAMP) lint types contracts test ## Everything that CI runs

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

lint: $(STAMP) ## Check format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## Check types
	$(BIN)/mypy

contracts: $(STAMP) ## Check which room may import which
	$(BIN)/lint-imports

docs: $(STAMP) ## Write the CLI reference
	$(BIN)/python -m flywheel.reference > docs/cli.md

bench-wheel: $(STAMP) ## Turn the wheel for five seeds; writes docs/benchmarks/wheel.json
	$(BIN)/python -m flywheel.bench_wheel

bench-traces: $(STAMP) ## Measure receiving, indexing and searching of traces; writes docs/benchmarks/traces.json
	$(BIN)/python -m flywheel.bench_traces

bench-gate: $(STAMP) ## Simulate the gate beside broken ones; writes docs/benchmarks/gate.json and gate.svg
	$(BIN)/python -m flywheel.bench_gate

bench-mining: $(STAMP) ## Measure what mining finds (DATA=labelled sets, ONLY=parts, SEEDS=1,2); writes docs/benchmarks/mining.json
	$(BIN)/python -m flywheel.bench_mining $(if $(DATA),--data $(DATA)) $(if $(ONLY),--only $(ONLY)) $(if $(SEEDS),--seeds $(SEEDS))

clean: ## Remove what the targets made
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
