# Needs nothing but Python 3.11 or newer and make: `make demo`, `make test`.
# Everything is installed into .venv from constraints.txt, whose hashes pip checks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo demo-network test lint typecheck format fuzz-asan accuracy constraints clean

help:
	@echo "make demo         analyze the sample campaign, measure an emulated link through an emulated dongle, write the report"
	@echo "make demo-network only the second"
	@echo "make test         everything that has to pass: lint, types, import contracts, tests"
	@echo "make lint         ruff and import contracts only"
	@echo "make format       rewrite the sources in the house style"
	@echo "make fuzz-asan    the compiled scanner on damaged logs, under sanitizers (Linux, gcc)"
	@echo "make accuracy     the link probes against their targets, minutes on a quiet machine (Linux, root)"
	@echo "make constraints  pin the newest dependencies anew (needs uv)"
	@echo "make clean        remove what was built"

DEMO := build/demo

demo: $(STAMP)
	$(BIN)/perfkit analyze sample_logs/ --pics sample_logs/perf.yaml --network sample_logs/network/monitor.jsonl --out $(DEMO)
	$(BIN)/python demo/network_demo.py
	$(BIN)/perfkit coverage sample_logs/ --pics sample_logs/perf.yaml --quiet --out $(DEMO)/coverage.json || test $$? -eq 4 # test cases remain
	$(BIN)/perfkit report $(DEMO)/result.json --network sample_logs/network/monitor.jsonl --coverage $(DEMO)/coverage.json \
	    --lab sample_logs/lab.yaml \
	    --format html,pdf --out $(DEMO)/reports

demo-network: $(STAMP)
	$(BIN)/python demo/network_demo.py

# The last line of the output is pytest's summary.
test: lint typecheck
	$(BIN)/pytest

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

typecheck: $(STAMP)
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz-asan: $(STAMP)
	PYTHONPATH=. $(BIN)/python benchmarks/fuzz_scanner.py --asan

# What may be compiled. With PERFKIT_PURE=1 nothing is, and the editable install follows the sources by itself.
RULES := $(wildcard analyzers/perfkit_analyzers/*.py analyzers/perfkit_analyzers/*/*.py)

# Reinstalled only when what is installed changed; compiling takes about a minute.
$(STAMP): pyproject.toml constraints.txt hatch_build.py analyzers/perfkit_analyzers/scanner/_octt_scan.c $(RULES)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "perfkit needs Python 3.11 or newer: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# One row, or a few: make accuracy K="goodput and edge"
accuracy: $(STAMP)
	$(BIN)/pytest -m accuracy tests/probes/test_accuracy_targets.py $(if $(K),-k "$(K)")

# One file for every supported Python and platform; without index addresses, so that any mirror serves it.
constraints:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --upgrade --extra all --extra dev \
	    pyproject.toml --output-file constraints.txt

clean:
	rm -rf $(VENV) build dist .coverage htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find analyzers -name '*.so' -delete
	find . -name __pycache__ -not -path "./.git/*" -prune -exec rm -rf {} +
