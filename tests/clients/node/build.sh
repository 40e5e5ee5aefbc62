#!/usr/bin/env bash
# Packs clients/node as for npm, and installs the package into a new program.
#
#   build.sh SOURCE_DIR FOLDER
#
# Empties FOLDER first; the program is FOLDER/program. Downloads nothing: its
# dependencies and the tools are those of the lock files.
set -euo pipefail
source "$(dirname "$0")/../copy_sources.sh"

rm -rf "$2"
copy_sources "$1" "$2/tree"
cd "$2/tree/clients/node"
ln -s "$1/tests/node_modules" node_modules
npm pack --pack-destination "$2"
mkdir "$2/program"
cp -r "$1"/tests/clients/node/{package.json,package-lock.json,node_modules} \
  "$2/program"
cd "$2/program"
npm install --offline --no-audit --no-fund "$2"/wriftai-gateway-*.tgz
npm ls
