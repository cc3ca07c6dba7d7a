# SPDX-License-Identifier: Apache-2.0
# The few commands worth remembering. Each installs and builds what it needs and is missing.
.PHONY: build test demo bench fuzz format deps clean

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

# A release binary at build/release/tarn.
build: deps
	@cmake --preset release > build/release-configure.log 2>&1 || { cat build/release-configure.log; exit 1; }
	@cmake --build --preset release -j $(JOBS)

# Everything that is checked, the tests against Java included; ends with a count.
test:
	@scripts/check

# Five change streams into one wide row: examples/product_360.
demo: build
	@examples/product_360/demo.sh

# The benchmarks at their small size; see docs/benchmarks.md.
bench: deps
	@cmake --preset release > build/release-configure.log 2>&1 || { cat build/release-configure.log; exit 1; }
	@cmake --build build/release -j $(JOBS)
	@scripts/bench

# Every fuzz target under libFuzzer, FUZZ_SECONDS each.
fuzz:
	@scripts/install-system-deps.sh --contributor
	@scripts/fuzz $(FUZZ_SECONDS)

format:
	@scripts/format

deps:
	@scripts/install-system-deps.sh
	@scripts/fetch-deps.sh
	@mkdir -p build

clean:
	rm -rf build
