#!/usr/bin/env bash
# Runs every check of CI, or the given steps, in this order:
#
#   packages   installs what is missing
#   lint       format, words, schema, includes (scripts/lint.sh)
#   build      configures and builds the preset release
#   tidy       clang-tidy; requires build
#   test       all tests of the preset release; requires build
#   asan       builds the preset asan, and runs its tests
#   tsan       the same with the preset tsan, which has only tests with threads
#
# Instead of `test`, a label of the tests runs only those that have it: unit,
# transport, service, integration, documents, fuzz-regression, stubs, clients,
# deploy, container or bench.
#
# Stops at the first failure. Finished build steps are not repeated. The output
# is in build/logs.
source "$(dirname "$0")/common.sh"

STEPS=(packages lint build tidy test asan tsan)

# build PRESET
build() {
  step "$1: configure" cmake --preset "$1"
  step "$1: build" cmake --build --preset "$1"
}

# run_tests PRESET [LABEL]
run_tests() {
  local name="$1: ctest${2:+ $2}"
  [[ -e build/$1/CTestTestfile.cmake ]] ||
    die "build/$1 is missing: scripts/test.sh build"
  step "$name" ctest --preset "$1" ${2:+-L "^$2\$"}
  grep 'tests passed, ' "$(log_of "$name")"
  # Tests that this machine cannot run, and why.
  grep -ho 'SKIPPED: .*' "build/$1/Testing/Temporary/LastTest.log" || true
}

run_step() {
  case $1 in
    packages) step "packages" scripts/install.sh test ;;
    lint)
      for check in format words schema includes; do
        step "lint: $check" scripts/lint.sh "$check"
      done
      ;;
    build) build release ;;
    tidy) step "lint: tidy" scripts/lint.sh tidy ;;
    # This includes the documents: tests/docs runs their commands.
    test) run_tests release ;;
    asan | tsan)
      build "$1"
      run_tests "$1"
      ;;
    unit | transport | service | integration | documents | fuzz-regression | \
      stubs | clients | deploy | container | bench) run_tests release "$1" ;;
    *) die "$1: expected ${STEPS[*]}, or a label of the tests" ;;
  esac
}

if [[ $# -gt 0 ]]; then
  for name in "$@"; do run_step "$name"; done
  exit
fi
for name in "${STEPS[@]}"; do run_step "$name"; done
say "everything passed in $(seconds_text "$SECONDS")"
