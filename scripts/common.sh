# Shared by the scripts, which source it. Changes to the root of the checkout.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# seconds_text SECONDS: "1:05".
seconds_text() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# log_of NAME: the log file of the step NAME.
log_of() {
  printf '%s/%s.log' "$LOG_DIR" "$(printf '%s' "$1" | tr -cs 'a-zA-Z0-9' '-')"
}

# failures_in LOG: what node's tests, GoogleTest, unittest and compilers report.
failures_in() {
  grep -aE -A 15 '^ *not ok [0-9]|: Failure$|^(ERROR|FAIL): |: error: ' "$1" |
    head -n 120 || true
}

# step NAME COMMAND...: runs the command with its output in a log, and prints
# one line with its duration. On failure, prints what has failed and the end of
# the log, and exits.
LOG_DIR=build/logs
step() {
  local name=$1 log start=$SECONDS
  log=$(log_of "$name")
  shift
  mkdir -p "$LOG_DIR"
  printf '%-52s ' "$name ..."
  if "$@" >"$log" 2>&1 </dev/null; then
    say "$(seconds_text $((SECONDS - start)))"
    return
  fi
  say "FAILED after $(seconds_text $((SECONDS - start)))"
  failures_in "$log" >&2
  tail -n 80 "$log" >&2
  die "FAILED: $name (full output: $log)"
}
