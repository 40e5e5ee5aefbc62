#!/usr/bin/env bash
# From nothing to a prediction: installs what is missing, builds, starts a
# gateway, creates a prediction, shows every poll of its Wait, then the list.
# Run again, it only does what has not been done.
#
#   scripts/demo.sh          with the embedded sandbox: no token, no network
#   scripts/demo.sh --real   against the WriftAI API, with the token in
#                            WRIFTAI_ACCESS_TOKEN; creates one real prediction
source "$(dirname "$0")/common.sh"

real=no
case "$*" in
  "") ;;
  --real) real=yes ;;
  *) die "wanted no argument or --real" ;;
esac
[[ $real == no || -n ${WRIFTAI_ACCESS_TOKEN:-} ]] ||
  die "--real needs an access token in WRIFTAI_ACCESS_TOKEN"

step "packages" scripts/install.sh build
step "configure" cmake --preset release
step "build" cmake --build build/release --target wriftai-gateway wriftctl

# The gateway's last line at the start says where it listens.
start_gateway() {
  mkdir -p "$LOG_DIR"
  # There before it is read: the gateway's own redirection may come later.
  : >"$LOG_DIR/gateway.log"
  build/release/bin/wriftai-gateway --listen_address=127.0.0.1:0 \
    --http_address= "$@" 2>"$LOG_DIR/gateway.log" &
  gateway=$!
  trap 'kill "$gateway" 2>/dev/null && wait "$gateway"' EXIT
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    address=$(sed -n 's/^.*gRPC listens on //p' "$LOG_DIR/gateway.log")
    [[ -z $address ]] || return 0
    kill -0 "$gateway" 2>/dev/null || break
    sleep 0.1
  done
  cat "$LOG_DIR/gateway.log" >&2
  die "the gateway does not start"
}

# show COMMAND...: what to type, then what it prints. Through a pipe, as
# wriftctl then writes a line for each poll instead of one that changes.
show() {
  printf '\n$ %s\n' "${*@Q}" | sed "s/'\([a-z0-9_./:-]*\)'/\1/gi"
  PATH=build/release/bin:$PATH "$@" 2>&1 | cat
}

if [[ $real == yes ]]; then
  start_gateway
else
  start_gateway --sandbox
fi
say "a gateway listens on $address"
export WRIFTCTL_ADDRESS=$address
show wriftctl create deepseek-ai/deepseek-r1 \
  --input '{"prompt":"Summarize quantum computing."}' --wait
show wriftctl list
