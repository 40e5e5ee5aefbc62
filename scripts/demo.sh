#!/usr/bin/env bash
# From a bare checkout to a prediction: installs what is missing, builds the
# gateway, wriftctl and wriftai-sandbox, starts a gateway, creates a prediction,
# shows each change of its status, then the list. Finished steps are not repeated.
#
#   scripts/demo.sh          with the embedded sandbox: no token, no network
#   scripts/demo.sh --real   against the WriftAI API, with the token in
#                            WRIFTAI_ACCESS_TOKEN; creates one real prediction
source "$(dirname "$0")/common.sh"

real=no
case "$*" in
  "") ;;
  --real) real=yes ;;
  *) die "expected no argument or --real" ;;
esac
[[ $real == no || -n ${WRIFTAI_ACCESS_TOKEN:-} ]] ||
  die "--real requires an access token in WRIFTAI_ACCESS_TOKEN"

step "packages" scripts/install.sh build
step "configure" cmake --preset release
step "build" cmake --build build/release --target wriftai-gateway wriftctl \
  wriftai-sandbox

# The gateway's last startup line gives its address.
start_gateway() {
  mkdir -p "$LOG_DIR"
  # Create the file before sed reads it: the redirection below may run later.
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
  die "the gateway did not start"
}

# show COMMAND...: prints the command, then its output. The pipe makes wriftctl
# write one line for each change instead of updating a single line.
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
