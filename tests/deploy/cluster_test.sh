#!/usr/bin/env bash
# Runs a file of tests in its own network and mount namespaces. Exits with
# status 77 and the reason where this machine cannot.
#
#   cluster_test.sh NODE FILE
set -euo pipefail

if ! unshare --net --mount true; then
  echo "SKIPPED: cannot create namespaces (unshare --net --mount)"
  exit 77
fi
exec unshare --net --mount bash -c 'ip link set lo up && exec "$@"' - \
  "$1" --test "$2"
