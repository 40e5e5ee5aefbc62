#!/usr/bin/env bash
# Builds clients/python, first the source distribution and from it the wheel,
# checks the types of its code, and installs the wheel into a new environment.
#
#   build.sh SOURCE_DIR FOLDER
#
# Empties FOLDER first; the environment is FOLDER/venv. Downloads nothing: its
# dependencies are Debian's.
set -euo pipefail
source "$(dirname "$0")/../copy_sources.sh"

rm -rf "$2"
copy_sources "$1" "$2/tree"
cd "$2/tree/clients/python"
/usr/bin/python3 -m build --no-isolation --skip-dependency-check --outdir "$2"
# After setup.py has generated the stubs.
MYPYPATH=src /usr/bin/mypy --config-file pyproject.toml --cache-dir=/dev/null
/usr/bin/python3 -m venv --system-site-packages "$2/venv"
# pip fails if a dependency is missing or too old.
"$2/venv/bin/pip" install --no-index --disable-pip-version-check "$2"/*.whl
