# The table of contents of work. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Targets share .venv and build/, and the compiler already uses every core.
.NOTPARALLEL:
.PHONY: help setup setup-test setup-wheel setup-lint setup-s3 setup-servers setup-cloud setup-readers setup-spark setup-bench configure build demo run need-photos \
        build-tests test test-s3 test-servers test-cloud test-readers test-faults test-real test-spark test-clones bench wheel install need-prefix \
        lint format tidy clean

VENV_PYTHON := .venv/bin/python
# Relative to here, so that no recipe breaks on a checkout whose path has spaces.
BUILD := build
WHEEL_TREE := build-wheel/tree
export VERGER_BUILD = $(CURDIR)/$(BUILD)

# Files of ours by type: committed or about to be, and still there.
ours = $(wildcard $(shell git ls-files --cached --others --exclude-standard -- $(1)))

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: ## Install what the build needs: Debian packages, pinned Python packages in .venv
	@tools/setup.sh build

setup-test:
	@tools/setup.sh test

setup-wheel:
	@tools/setup.sh wheel

setup-lint:
	@tools/setup.sh lint

setup-s3:
	@tools/setup.sh s3

setup-servers:
	@tools/setup.sh servers

setup-cloud:
	@tools/setup.sh cloud

setup-readers:
	@tools/setup.sh readers

setup-spark:
	@tools/setup.sh spark

setup-bench:
	@tools/setup.sh bench

# Once, and again when the pinned packages changed; CMake itself sees to changes of its files.
configure: setup
	@if [[ ! -f $(BUILD)/build.ninja || .venv/.build-stamp -nt $(BUILD)/build.ninja ]]; then \
	  cmake --preset release; fi

build: configure ## Build the program, build/verger
	cmake --build $(BUILD) --target verger_program

# All else: tests, benchmarks, and their data, which only the tests' Python packages can make.
build-tests: setup-test configure
	cmake --build $(BUILD)

demo: build ## From nothing to a result: build, draw a sample orchard, run the whole chain on it
	$(VENV_PYTHON) tools/draw_orchard.py $(BUILD)/orchard
	$(BUILD)/verger run $(BUILD)/orchard $(BUILD)/demo

# make hands PHOTOS, OUT, ARGS and PREFIX over in the environment, where spaces and quotes are safe.
run: need-photos build ## Run the whole chain on your photos: make run PHOTOS=dir OUT=dir [ARGS=options]
	$(BUILD)/verger run "$$PHOTOS" "$$OUT" $${ARGS:-}

need-photos:
	@if [[ -z "$${PHOTOS:-}" || -z "$${OUT:-}" ]]; then \
	  echo "usage: make run PHOTOS=folder OUT=folder [ARGS='--components 0.95']" >&2; \
	  echo "       the label of a photo is the name of the folder that holds it" >&2; exit 2; fi

test: build-tests ## Run every test but those that need the real photos
	ctest --test-dir $(BUILD) -j2 --output-on-failure
	VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so $(VENV_PYTHON) -m pytest -q -n 2 tests tools python bench

test-s3: setup-s3 build ## Run the tests against a real S3 server, and a proxy that breaks things (minutes)
	VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so $(VENV_PYTHON) -m pytest -q -n 2 -m s3 tests/s3

test-servers: setup-servers build ## Run the main job on S3 servers that are not AWS's (minutes)
	$(VENV_PYTHON) -m pytest -q -n 2 --dist loadgroup -m servers tests/servers

# In a venv of its own: boto3 and the other tests want different packages.
test-cloud: setup-cloud build wheel ## Run the tests of verger cloud: requests, guard, stack, bootstrap in a clean root
	VERGER_BUILD=$(CURDIR)/$(BUILD) VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so \
	  .cache/cloud/bin/python -m pytest -q -n 2 -o addopts="-ra --strict-markers" -m "not spark" \
	  --ignore=tests/cloud/test_demonstration.py tests/cloud

test-readers: setup-readers build ## Run the lines of docs/readers.md, by other people's programs
	$(VENV_PYTHON) -m pytest -q -m readers tests/readers

test-faults: setup-test build ## Run every kill and broken disk; docs/reliability.md has what was seen (minutes)
	$(VENV_PYTHON) -m pytest -q -m faults tests/faults

test-real: build-tests ## Run the long tests on the real photos in ../shared/fruits360
	$(VENV_PYTHON) -m pytest -q -m real tests

test-spark: setup-spark build wheel ## Run the tests on Spark 3.5 and 4, a cluster and an S3 server (minutes)
	$(VENV_PYTHON) -m pytest -q -m spark tests/spark
	$(VENV_PYTHON) -m pytest -q -o addopts="-ra --strict-markers" -m spark tests/cloud/test_demonstration.py

test-clones: setup-test build ## Run each of these targets as the first command in a fresh clone (an hour)
	$(VENV_PYTHON) -m pytest -q -m clones tools

BENCH ?= *
# Without choices of NumPy's kernels, which would slow peers down.
bench: setup-bench build-tests wheel ## Measure beside our peers, then BENCHMARKS.md and README's figures: make bench [BENCH=folder of bench/] [ARGS=--quick]
	@unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE; for run in bench/$(BENCH)/run.py; do \
	  echo "== $$run"; $(VENV_PYTHON) "$$run" $${ARGS:-}; done
	$(VENV_PYTHON) bench/report.py --keep

wheel: setup-wheel ## Build, test and check the Python wheel, dist/verger-*.whl
	cmake --workflow --preset wheel
	rm -rf $(WHEEL_TREE) dist/verger-*.whl
	cmake --install build-wheel --strip --prefix $(WHEEL_TREE)
	$(VENV_PYTHON) tools/make_wheel.py $(WHEEL_TREE) dist
	$(VENV_PYTHON) tools/check_binaries.py dist/verger-*.whl
	$(VENV_PYTHON) -m twine check --strict dist/verger-*.whl

install: need-prefix build ## Install a tree that runs without this checkout: make install PREFIX=dir
	cmake --install $(BUILD) --prefix "$$PREFIX"

need-prefix:
	@if [[ -z "$${PREFIX:-}" ]]; then \
	  echo "usage: make install PREFIX=folder      then: folder/bin/verger --help" >&2; exit 2; fi

lint: setup-lint ## Check format, style, types, shell scripts and layers
	$(VENV_PYTHON) tools/check_layers.py
	$(VENV_PYTHON) bench/report.py --check
	.venv/bin/clang-format --dry-run -Werror $(call ours,'*.cc' '*.h' '*.c')
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	shellcheck $(call ours,'*.sh' .ci/run)

format: setup-lint ## Rewrite the files as lint wants them
	.venv/bin/clang-format -i $(call ours,'*.cc' '*.h' '*.c')
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

tidy: setup-lint build ## Run clang-tidy over the C++ (minutes, not part of lint)
	$(VENV_PYTHON) .venv/bin/run-clang-tidy.py -quiet -p $(BUILD) -j2 \
	  -clang-tidy-binary .venv/bin/clang-tidy '^$(CURDIR)/(core|abi|cli)/'

clean: ## Remove what was built; the set-up in .venv stays
	rm -rf build build-*/ dist
