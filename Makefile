# The front door. `make help` prints every target.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PRESET  ?= dev
DATA    ?= $(CURDIR)/build/data
LISTEN  ?= 127.0.0.1:5000
JOBS    ?= $(shell nproc)
FUZZ_SECONDS ?= 10
KILL_ROUNDS  ?= 20

# What the web UI is built of; nothing where a copy of the sources has none.
UI         := $(if $(wildcard ui/package.json),ui/dist/index.html)
UI_SOURCES := $(shell find ui/src ui/public ui/scripts -type f 2>/dev/null) $(wildcard ui/*.html ui/*.json ui/*.ts)

.PHONY: help run build test check deps deps-test ui dev tsan release fuzz unit tsan-test fuzz-test system-test kill-test \
        bench lint format golden clean

help: ## Print every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build and start the server with everything embedded (DATA=, LISTEN=)
	@exec build/release/cang serve --data "$(DATA)" --listen "$(LISTEN)"

build: release ## Build the release binary at build/release/cang

test: deps-test ui ## Install what the tests need and run all of them
	@/usr/bin/python3 tools/run_tests.py

check: lint unit ## Lint and unit tests only: the quick round while developing

deps:
	@tools/install_packages.sh tools/packages/build.txt

deps-test: deps
	@tools/install_packages.sh tools/packages/test.txt

ui: deps $(UI) ## Build the web UI, which the binary embeds, at ui/dist

ui/dist/index.html: $(UI_SOURCES) ui/node_modules/.package-lock.json
	@cd ui && npm run --silent build
	@touch $@

ui/node_modules/.package-lock.json: ui/package-lock.json | deps
	@cd ui && npm ci --silent --no-audit --no-fund
	@touch $@

dev: ui ## Build everything with ASan and UBSan
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS)

tsan: ui ## Build the tests with ThreadSanitizer
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan -j $(JOBS)

release: ui
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS) --target cang

fuzz: deps ## Build the fuzz targets
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)

unit: dev ## Unit and contract tests under ASan and UBSan
	@ctest --preset dev

tsan-test: tsan ## The concurrent suites under ThreadSanitizer
	@ctest --preset tsan

fuzz-test: fuzz ## Run every fuzz target for FUZZ_SECONDS each
	@tools/run_fuzz.sh build/fuzz/fuzz $(FUZZ_SECONDS)

system-test: dev deps-test ## Drive the real binary with real clients
	@CANG_BINARY=$(CURDIR)/build/dev/cang CANG_KILL_ROUNDS=$(KILL_ROUNDS) /usr/bin/python3 -m pytest -q tests/system

kill-test: release deps-test ## 200 rounds of SIGKILL at random moments
	@CANG_BINARY=$(CURDIR)/build/release/cang CANG_KILL_ROUNDS=200 /usr/bin/python3 -m pytest -q tests/system/test_kill.py

bench: release deps-test ## Measure against the peers; prints ratios
	@cmake --build --preset release -j $(JOBS) --target http_load_bench socketio_load_bench socketio_server_bench
	@/usr/bin/python3 bench/run.py

lint: deps-test ## Format, layer, coroutine and clang-tidy checks
	@tools/lint.sh

format: deps-test ## Format the sources in place
	@git ls-files 'src/*.cpp' 'src/*.hpp' 'fuzz/*.cpp' 'bench/*.cpp' 'tests/*.cpp' 'tests/*.hpp' | xargs clang-format-19 -i

golden: dev ## Regenerate the golden files
	@UPDATE_GOLDEN=1 ctest --preset dev

clean: ## Remove every build
	@rm -rf build
