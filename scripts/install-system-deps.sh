#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Install the system packages that building Tarn needs: one apt call, none when all are there.
# The JDK and Maven, which only the tests against Java use, are not among them.
set -euo pipefail

packages=(
  # Building.
  g++ cmake ninja-build make pkg-config git ccache mold
  # Fetching the prebuilt libraries: scripts/fetch-deps.sh.
  ca-certificates python3 python3-pip python3-venv zstd
  # Libraries.
  libzstd-dev liblz4-dev libsnappy-dev zlib1g-dev nlohmann-json3-dev libfmt-dev libcli11-dev
  libroaring-dev libxxhash-dev
  # Tests and benchmarks.
  libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev
)
# Formatting and libFuzzer: what a contributor needs and a user does not.
if [ "${1:-}" = --contributor ]; then
  packages+=(clang-19 libclang-rt-19-dev clang-format-19)
fi

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2> /dev/null)" = "ii " ]
}

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
  echo "install-system-deps: this is not a Debian system; please install: ${missing[*]}" >&2
  exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || {
    echo "install-system-deps: neither root nor sudo; please install: ${missing[*]}" >&2
    exit 1
  }
  root=(sudo)
fi
echo "install-system-deps: installing ${missing[*]}" >&2
# Package lists may be missing or too old on a fresh machine.
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
    --no-install-recommends "${missing[@]}" > /dev/null
