#!/usr/bin/env bash
# Every check there is: installs what is missing, lints, builds and tests with
# gcc, then with clang and the sanitizers. Stops at the first failure. Run
# again, it only does what has not been done. The outputs are in build/logs.
source "$(dirname "$0")/common.sh"

# test_with PRESET
test_with() {
  step "$1: configure" cmake --preset "$1"
  step "$1: build" cmake --build --preset "$1"
  [[ $1 != release ]] || step "lint: clang-tidy" scripts/lint.sh tidy
  step "$1: ctest" ctest --preset "$1"
  grep 'tests passed, ' "$(log_of "$1: ctest")"
  # What could not be tested here, and why.
  grep -ho 'SKIPPED: .*' "build/$1/Testing/Temporary/LastTest.log" || true
}

step "packages" scripts/install.sh test
step "lint: clang-format" scripts/lint.sh format
step "lint: buf" scripts/lint.sh schema
step "lint: includes" scripts/lint.sh includes
# The documents are among the tests: tests/docs does what they say.
test_with release
test_with asan
say "everything passed in $(seconds_text "$SECONDS")"
