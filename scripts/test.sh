#!/usr/bin/env bash
# Runs every check: installs what is missing, lints, builds and tests with gcc,
# then with clang and the sanitizers. Stops at the first failure. Finished build
# steps are not repeated. The output is in build/logs.
source "$(dirname "$0")/common.sh"

# test_with PRESET
test_with() {
  step "$1: configure" cmake --preset "$1"
  step "$1: build" cmake --build --preset "$1"
  [[ $1 != release ]] || step "lint: clang-tidy" scripts/lint.sh tidy
  step "$1: ctest" ctest --preset "$1"
  grep 'tests passed, ' "$(log_of "$1: ctest")"
  # Tests that this machine cannot run, and why.
  grep -ho 'SKIPPED: .*' "build/$1/Testing/Temporary/LastTest.log" || true
}

step "packages" scripts/install.sh test
step "lint: clang-format" scripts/lint.sh format
step "lint: words" scripts/lint.sh words
step "lint: buf" scripts/lint.sh schema
step "lint: includes" scripts/lint.sh includes
# This includes the documents: tests/docs runs their commands.
test_with release
test_with asan
say "everything passed in $(seconds_text "$SECONDS")"
