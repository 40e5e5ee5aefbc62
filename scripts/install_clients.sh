#!/usr/bin/env bash
# Installs the packages of clients/ for the examples in the documents: Python's
# into the environment build/venv, Node.js' into the program build/node. Requires
# scripts/install.sh examples.
source "$(dirname "$0")/common.sh"

mkdir -p build
/usr/bin/python3 -m venv --system-site-packages build/venv
build/venv/bin/pip install --quiet --disable-pip-version-check \
  --no-build-isolation ./clients/python

# With the tools and dependencies of the lock files.
ln -sfn ../../tests/node_modules clients/node/node_modules
rm -rf build/node
cp -r tests/clients/node build/node
(cd clients/node && npm pack --silent --pack-destination ../../build/node)
(cd build/node && npm install --silent --offline ./wriftai-gateway-*.tgz)
