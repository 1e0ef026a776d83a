# The table of contents of work. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Targets share .venv and build/, and the compiler already uses every core.
.NOTPARALLEL:
# No target is a file.
.PHONY: $(shell sed -nE 's/^([a-z][a-z0-9-]*):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

VENV_PYTHON := .venv/bin/python
# Relative to here, so that no recipe breaks on a checkout whose path has spaces.
BUILD := build
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

setup-install:
	@tools/setup.sh install

setup-image:
	@tools/setup.sh image

setup-s3:
	@tools/setup.sh s3

setup-servers:
	@tools/setup.sh servers

setup-cloud:
	@tools/setup.sh cloud

setup-readers:
	@tools/setup.sh readers

setup-browser:
	@tools/setup.sh browser

setup-serve:
	@tools/setup.sh serve

setup-hostile-photos:
	@tools/setup.sh hostile-photos

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

# http.server takes a free port for 0, and prints the address.
app-demo: build ## From nothing to the phone app: train on the sample orchard, make its app, serve it here [PORT=0]
	$(VENV_PYTHON) tools/draw_orchard.py $(BUILD)/orchard
	$(BUILD)/verger run $(BUILD)/orchard $(BUILD)/demo
	$(BUILD)/verger train $(BUILD)/demo
	$(BUILD)/verger app $(BUILD)/demo $(BUILD)/app-demo --title "Sample orchard"
	@echo "Open the address below in a browser. Ctrl-C ends it."
	@trap 'exit 0' INT; $(VENV_PYTHON) -m http.server --bind 127.0.0.1 --directory $(BUILD)/app-demo $${PORT:-0} || true

# make hands PHOTOS, OUT, ARGS and PREFIX over in the environment, where spaces and quotes are safe.
run: need-photos build ## Run the whole chain on your photos: make run PHOTOS=dir OUT=dir [ARGS=options]
	$(BUILD)/verger run "$$PHOTOS" "$$OUT" $${ARGS:-}

need-photos:
	@if [[ -z "$${PHOTOS:-}" || -z "$${OUT:-}" ]]; then \
	  echo "usage: make run PHOTOS=folder OUT=folder [ARGS='--components 0.95']" >&2; \
	  echo "       the label of a photo is the name of the folder that holds it" >&2; exit 2; fi

test: build-tests ## Run every test but those that need the real photos
	GTEST_SHUFFLE=1 ctest --test-dir $(BUILD) -j2 --schedule-random --output-on-failure
	VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so $(VENV_PYTHON) -m pytest -q -n 2 tests tools python bench

# Not cli/ and its tests, by either sanitizer: cmake/VergerTargets.cmake says why.
test-memory: setup-test ## Run what reads bytes from outside under the address and undefined-behaviour sanitizers (minutes)
	cmake --preset dev
	cmake --build build-dev --target memory_tests
	find build-dev -name '*.gcda' -delete
	GTEST_SHUFFLE=1 ctest --preset dev -L memory -j2 --schedule-random

test-memory-all: setup-test ## The same with all tests of core/ and abi/ (half an hour)
	cmake --preset dev
	cmake --build build-dev --target core_tests
	find build-dev -name '*.gcda' -delete
	GTEST_SHUFFLE=1 ctest --preset dev -L core -j2 --schedule-random

test-threads: setup-test ## Run the tests that start threads under the thread sanitizer (minutes)
	cmake --preset tsan
	cmake --build build-tsan --target thread_tests
	GTEST_SHUFFLE=1 ctest --preset tsan -L threads -j2 --schedule-random

# One process at a time: the machine has other work. build-fuzz/corpus grows from run to run.
fuzz: setup-test ## Fuzz every parser: make fuzz [MINUTES=10] [ARGS='--only jpeg,png'] (docs/fuzzing.md)
	cmake --preset fuzz
	cmake --build --preset fuzz
	$(VENV_PYTHON) fuzz/make_seeds.py build-fuzz/seeds --writer build-fuzz/fuzz/fuzz_seeds
	$(VENV_PYTHON) fuzz/run_targets.py --build build-fuzz --minutes $${MINUTES:-10} $${ARGS:-}

# Nearly the same inputs at each call: a failure is most likely the change's own. The other targets take longer to build.
SHORT_FUZZ = exif jpeg network_file onnx png preset resize webp zip
test-fuzz: setup-test ## Fuzz photos and files of networks for some thousand inputs, by one seed (minutes)
	cmake --preset fuzz
	cmake --build build-fuzz --target $(SHORT_FUZZ:%=fuzz_%)
	$(VENV_PYTHON) fuzz/make_seeds.py build-fuzz/seeds
	$(VENV_PYTHON) fuzz/run_targets.py --build build-fuzz --runs 20000 --only "$$(tr ' ' , <<<'$(SHORT_FUZZ)')"

coverage: setup-test ## Print which share of the lines of core/ and abi/ the last `make test-memory` ran
	.venv/bin/gcovr --root . --filter '(core|abi)/' --exclude '.*_test\.cc' --exclude '.*/test_.*' \
	  --gcov-ignore-parse-errors=negative_hits.warn_once_per_file -j2 \
	  --txt build-dev/coverage.txt --print-summary build-dev

# At a release; before the first one, at each intended change. tests/abi/test_released.py compares with it.
record-abi: ## Make the headers of libverger.so those of the release, whose programs must keep running
	rm -rf tests/abi/released/abi
	mkdir -p tests/abi/released/abi
	cp abi/verger.h abi/verger_*.h tests/abi/released/abi

test-s3: setup-s3 build ## Run the tests against a real S3 server, and a proxy that breaks things (minutes)
	VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so $(VENV_PYTHON) -m pytest -q -n 2 -m s3 tests/s3

test-servers: setup-servers build ## Run the main job on S3 servers that are not AWS's (minutes)
	$(VENV_PYTHON) -m pytest -q -n 2 --dist loadgroup -m servers tests/servers

# In a venv of its own: boto3 and the other tests want different packages.
test-cloud: setup-cloud build wheel ## Run the tests of verger cloud: requests, guard, stack, bootstrap in a clean root
	VERGER_BUILD=$(CURDIR)/$(BUILD) VERGER_LIBRARY=$(CURDIR)/$(BUILD)/lib/libverger.so \
	  .cache/cloud/bin/python -m pytest -q -n 2 -o addopts="-ra --strict-markers" -m "not spark" \
	  --ignore=tests/cloud/test_demonstration.py tests/cloud

test-browser: setup-browser build ## Look at report.html in Chromium: no request, no barrier, what it does
	$(VENV_PYTHON) -m pytest -q -m browser tests/browser

test-app: setup-browser build ## Use the phone app in Chromium: camera, offline, teaching, versions, no barrier
	$(VENV_PYTHON) -m pytest -q -m app tests/app

test-serve: setup-serve build ## Run real servers: answers, refusals, broken and slow requests, SIGTERM and reload under load (minutes)
	$(VENV_PYTHON) -m pytest -q -m serve tests/serve

test-readers: setup-readers build ## Run the lines of docs/readers.md, by other people's programs
	$(VENV_PYTHON) -m pytest -q -m readers tests/readers

test-install: setup-install build wheel ## Install the wheel's program by pip, pipx and uv on clean systems, and run it (minutes)
	$(VENV_PYTHON) -m pytest -q -m install tests/install

# Outside CI, for it needs root and a Debian mirror.
test-image: setup-image build ## Build the image of deploy/container by buildah, and run it by podman (minutes)
	VERGER_BUILD=$(CURDIR)/$(BUILD) tests/container/make_image.sh
	$(VENV_PYTHON) -m pytest -q -m container tests/container

# By an emulator, outside CI: $(call cross-build,TARGETS)
define cross-build
	tools/setup_arm64.sh
	cmake --preset arm64
	cmake --build build-arm64 --target $(1)
endef

wheel-arm64: setup-wheel ## Cross-build the wheel for 64-bit ARM, dist/arm64/verger-*.whl (minutes)
	$(call cross-build,verger_program verger_shared)
	$(call pack-wheels,build-arm64,dist/arm64)

test-arm64: setup-test configure wheel-arm64 ## Compare pixels, PCA, features and a run on 64-bit ARM with Pillow and x86-64, by an emulator (minutes)
	cmake --build $(BUILD) --target verger_program verger_pca_tool verger_shared
	$(call cross-build,verger_pixels verger_pca_tool)
	$(VENV_PYTHON) -m pytest -q -n 2 -m arm64 tests/arm64

build-faults: build
	cmake --build $(BUILD) --target verger_failing_memory

test-faults: setup-test build-faults ## Run every kill, broken disk and failing allocation: make test-faults [ARGS=options of pytest] (hours)
	$(VENV_PYTHON) -m pytest -q -n 2 -m faults $${ARGS:-} tests/faults

hostile-photos: setup-hostile-photos build-tests ## Decode 20,000 hostile photos beside other decoders, and 100,000 by three decoders: make hostile-photos [ARGS=options of measure.py] (half an hour)
	$(VENV_PYTHON) tests/hostile_photos/measure.py $${ARGS:-}
	$(VENV_PYTHON) tests/hostile_photos/oracle.py

faults: setup-test build-faults ## Run all campaigns of faults for a time, by a seed: make faults [MINUTES=30] [SEED=number]
	$(VENV_PYTHON) tests/faults/campaign.py --minutes $${MINUTES:-30} $${SEED:+--seed $$SEED}
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

# $(call pack-wheels,BUILD,FOLDER): makes the wheels of a build in FOLDER, and checks them.
define pack-wheels
	rm -rf $(1)/tree $(1)/networks-tree $(2)/verger*.whl
	cmake --install $(1) --strip --prefix $(1)/tree
	cmake --install $(1) --component networks --prefix $(1)/networks-tree
	$(VENV_PYTHON) tools/make_wheel.py $(1)/tree $(1)/networks-tree $(2)
	$(VENV_PYTHON) tools/check_binaries.py $(2)/verger-*.whl
	$(VENV_PYTHON) tools/check_sbom.py $(2)/verger*.whl $(1)/tree $(1)/networks-tree
	$(VENV_PYTHON) -m twine check --strict $(2)/verger*.whl
endef

wheel: setup-wheel ## Build, test and check the Python wheels, dist/verger-*.whl and dist/verger_networks-*.whl
	cmake --workflow --preset wheel
	$(call pack-wheels,build-wheel,dist)
	$(VENV_PYTHON) -m pytest -q -m wheel tools

# In two new folders, without the compiler cache.
reproduce: setup-wheel ## Build wheel and program twice, in two folders, and compare every byte (half an hour): [ARGS=wheel|program]
	tools/reproduce.sh $${ARGS:-}

lock: setup-lint ## Choose and pin every Python package that requirements/*.in ask for
	$(VENV_PYTHON) tools/lock_requirements.py $${ARGS:-}

install: need-prefix build ## Install a tree that runs without this checkout: make install PREFIX=dir [ARGS=--strip]
	cmake --install $(BUILD) --prefix "$$PREFIX" $${ARGS:-}

need-prefix:
	@if [[ -z "$${PREFIX:-}" ]]; then \
	  echo "usage: make install PREFIX=folder      then: folder/bin/verger --help" >&2; exit 2; fi

lint: setup-lint ## Check format, style, types, shell scripts and layers
	$(VENV_PYTHON) tools/check_layers.py
	$(VENV_PYTHON) tools/check_words.py
	$(VENV_PYTHON) tools/lock_requirements.py --check
	$(VENV_PYTHON) bench/report.py --check
	$(VENV_PYTHON) tools/option_tables.py --check
	@.venv/bin/clang-format --dry-run -Werror $(call ours,'*.cc' '*.h' '*.c')
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	shellcheck $(call ours,'*.sh' '*.bash' .ci/run)

format: setup-lint ## Rewrite the files as lint wants them
	.venv/bin/clang-format -i $(call ours,'*.cc' '*.h' '*.c')
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

tidy: setup-lint build ## Run clang-tidy over the C++ (minutes, not part of lint)
	$(VENV_PYTHON) .venv/bin/run-clang-tidy.py -quiet -p $(BUILD) -j2 \
	  -clang-tidy-binary .venv/bin/clang-tidy '^$(CURDIR)/(core|abi|cli)/'

tidy-changed: setup-lint build ## Run clang-tidy over the C++ files that changed since BASE, a commit (minutes)
	tools/tidy_changed.sh $${BASE:-}

clean: ## Remove what was built; the set-up in .venv stays
	rm -rf build build-*/ dist
