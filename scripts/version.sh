#!/usr/bin/env bash
# The version. CMakeLists.txt has it; the programs are built with that. What
# cannot read it there states it, too, and `set` and `check` keep those equal.
#
#   scripts/version.sh              prints the version
#   scripts/version.sh check        fails if a file states another one
#   scripts/version.sh check TAG    also if TAG is not this version's, or the
#                                   changelog does not have it
#   scripts/version.sh set VERSION  states VERSION everywhere, and gives it what
#                                   the changelog has under Unreleased
#   scripts/version.sh notes        prints the version's part of the changelog
source "$(dirname "$0")/common.sh"

CHANGELOG=CHANGELOG.md
NUMBER='[0-9]+\.[0-9]+\.[0-9]+'
# FILE:TEXT, where TEXT precedes the version in its line.
PLACES=(
  'CMakeLists.txt:project(wriftai_gateway VERSION '
  'clients/csharp/WriftAI.Gateway.Stubs.csproj:    <Version>'
  'clients/java/pom.xml:  <version>'
  'clients/node/package.json:  "version": "'
  'deploy/Dockerfile:ARG VERSION='
  'deploy/helm/wriftai-gateway/Chart.yaml:version: '
  'deploy/helm/wriftai-gateway/Chart.yaml:appVersion: '
  'deploy/k8s/production/kustomization.yaml:    newTag: '
  'docs/compatibility.md:wriftai-gateway '
)

# stated FILE TEXT: the version in FILE after TEXT, which begins a line.
stated() {
  TEXT=$2 awk -v number="^$NUMBER" '
    index($0, ENVIRON["TEXT"]) == 1 {
      rest = substr($0, length(ENVIRON["TEXT"]) + 1)
      if (match(rest, number)) { print substr(rest, 1, RLENGTH); exit }
    }' "$1"
}

# state FILE TEXT VERSION
state() {
  TEXT=$2 awk -v number="^$NUMBER" -v version="$3" '
    index($0, ENVIRON["TEXT"]) == 1 {
      rest = substr($0, length(ENVIRON["TEXT"]) + 1)
      if (sub(number, version, rest)) $0 = ENVIRON["TEXT"] rest
    }
    { print }' "$1" >"$1.new"
  # Keeps the mode.
  cat "$1.new" >"$1"
  rm "$1.new"
}

version() { stated "${PLACES[0]%%:*}" "${PLACES[0]#*:}"; }

# notes VERSION: its part of the changelog, without the heading.
notes() {
  HEADING="## [$1]" awk '
    index($0, "## [") == 1 { inside = index($0, ENVIRON["HEADING"]) == 1; next }
    /^\[.*\]: / { next }
    inside { print }' "$CHANGELOG" | sed -e '/./,$!d'
}

check() {
  local version place found failed=0
  version=$(version)
  [[ -n $version ]] || die "CMakeLists.txt states no version"
  for place in "${PLACES[@]}"; do
    found=$(stated "${place%%:*}" "${place#*:}")
    [[ $found == "$version" ]] || {
      say "${place%%:*}: expected \"${place#*:}$version\", found \"$found\"" >&2
      failed=1
    }
  done
  [[ $failed == 0 ]] || die "run scripts/version.sh set $version"
  [[ $# -gt 0 ]] || return 0
  [[ $1 == "v$version" ]] || die "$1: expected v$version, from CMakeLists.txt"
  grep -qE "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" \
    "$CHANGELOG" || die "$CHANGELOG: expected a heading \"## [$version] - DATE\""
  [[ -n $(notes "$version") ]] || die "$CHANGELOG: $version has no entry"
}

# set_version VERSION
set_version() {
  local place
  [[ $1 =~ ^$NUMBER$ ]] || die "$1: expected a version such as 1.2.3"
  ! grep -q "^## \[${1//./\\.}\]" "$CHANGELOG" ||
    die "$1: $CHANGELOG has it already"
  for place in "${PLACES[@]}"; do
    state "${place%%:*}" "${place#*:}" "$1"
  done
  sed -i "s/^## \[Unreleased\]\$/&\n\n## [$1] - $(date -u +%F)/" "$CHANGELOG"
  check "v$1"
}

case "$#:${1:-}" in
  0:) version ;;
  1:check) check ;;
  2:check) check "$2" ;;
  2:set) set_version "$2" ;;
  1:notes) notes "$(version)" ;;
  *) die "expected nothing, check, check TAG, set VERSION or notes" ;;
esac
