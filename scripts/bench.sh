#!/usr/bin/env bash
# Measures the gateway beside others: bare gRPC, bare libcurl, and gateways in
# Go, Node.js and Python, in one run on two cores. docs/benchmarks.md says what
# the figures mean.
#
#   scripts/bench.sh                        everything; takes about an hour
#   scripts/bench.sh --case=get-600 --peers=bare,go,ours --rounds=3
#   scripts/bench.sh --quick                to try it
#   scripts/bench.sh --help                 all options and cases
source "$(dirname "$0")/common.sh"

OUT=build/bench
PYTHON=/usr/bin/python3  # Debian's, with Debian's libraries.

build_programs() {
  cmake --preset release
  cmake --build --preset release --target \
    wriftai-gateway wriftai-sandbox bare_grpc bare_http bare_relay
}

generate_messages() {
  mkdir -p "$OUT/go/src" "$OUT/python"
  protoc -I proto --go_out="$OUT/go/src" --go-grpc_out="$OUT/go/src" \
    --python_out="$OUT/python" wriftai/predictions/v1/predictions.proto
}

# Debian's packages of Go are a GOPATH.
build_go_gateway() {
  GO111MODULE=off GOPATH=$PWD/$OUT/go:/usr/share/gocode \
    go build -o "$OUT/go/gateway" ./tests/bench/peers/go
}

step "packages" scripts/install.sh bench
step "programs" build_programs
step "messages for Go and Python" generate_messages
step "Go gateway" build_go_gateway
export PYTHONPATH=$PWD/$OUT/python PYTHONDONTWRITEBYTECODE=1
ulimit -n "$(ulimit -H -n)"
exec "$PYTHON" tests/bench/peers/run.py "$@"
