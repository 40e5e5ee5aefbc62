#!/usr/bin/env bash
# Makes the Debian package, and a bare Debian to install it in. Exits with status
# 77, and a line with the reason, where this machine cannot: ctest then reports
# the test as skipped.
source "$(dirname "$0")/../../scripts/common.sh"

skip() {
  say "SKIPPED: cannot create a bare Debian: $*"
  exit 77
}

[[ $(id -u) == 0 ]] || skip "this requires root"
command -v mmdebstrap >/dev/null || skip "mmdebstrap is missing"
WRIFTAI_PACKAGE=$(scripts/package.sh debian)
tar=$(scripts/debian_root.sh) || skip "mmdebstrap failed"
WRIFTAI_ROOT=$(mktemp -d "$PWD/build/package_root.XXXXXX")
trap 'rm -rf "$WRIFTAI_ROOT"' EXIT
tar -xf "$tar" -C "$WRIFTAI_ROOT"
cp -L /etc/resolv.conf /etc/hosts "$WRIFTAI_ROOT/etc"
export WRIFTAI_PACKAGE WRIFTAI_ROOT
node --test tests/deploy/package.test.mjs
