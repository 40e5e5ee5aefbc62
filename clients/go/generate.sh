#!/usr/bin/env bash
# Generates what this module has from elsewhere in the checkout: the stubs, which
# `go get` fetches, and the service config of the example. With protoc,
# protoc-gen-go and protoc-gen-go-grpc on the PATH: newer ones would require
# newer versions of gRPC and Protocol Buffers.
#
#   generate.sh [FOLDER]
#
# FOLDER: this folder by default.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
module=github.com/wriftai/grpc-gateway/clients/go
protoc -I "$here/../../proto" --go_out="$out" --go_opt=module=$module \
  --go-grpc_out="$out" --go-grpc_opt=module=$module \
  wriftai/predictions/v1/predictions.proto
mkdir -p "$out/examples/wait"
cp "$here/../service_config.json" "$out/examples/wait"
