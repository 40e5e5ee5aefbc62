#!/usr/bin/env bash
# Checks the sources without running them. Without arguments, runs all checks:
#
#   format     clang-format changes no C++ file
#   words      no file uses a word or a name that CONTRIBUTING.md rules out
#   schema     buf reports nothing for proto/, does not reformat it, and finds
#              no change that breaks callers
#   includes   each library is included only in the folder that owns it
#   tidy       clang-tidy reports nothing; requires a built preset release.
#              Units that passed are skipped until something changes
#
# `lint.sh accept-schema` records additions to the schema, so that `schema`
# protects them, too.
source "$(dirname "$0")/common.sh"

TIDY_PASSED=build/tidy
BUF=tests/node_modules/.bin/buf
# The compiled schema. buf rejects every change to proto/ that would break the
# code or the messages of a caller who uses this one.
ACCEPTED_SCHEMA=tests/schema/v1.json
# With this name, clang's analyzer accepts sources that include sources.
TIDY_BUILD=build/UnifiedSource

# files PATTERN...: the matching files that git tracks, or would.
files() {
  git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard \
    --deduplicate -- "$@" | while read -r file; do
    [[ ! -e $file ]] || say "$file"
  done
}

check_format() {
  files '*.cc' '*.h' | xargs clang-format-14 --dry-run --Werror
}

# Words that are not plain English, and names replaced by standard terms.
WORDS='anew|whoever|at the (most|least)|so that what|there is none|tells? of'
WORDS+='|one'"'"'s own|he|his|him|wanted (a|an|the)|in vain|such as are'
WORDS+='|[Rr]epl(y|ies)|Scheduler|PostAt|CurlLoop|CurlTransfers|ReplyCall'
WORDS+='|ReplyBuffer|InvalidReply|OwnCredential|ProvenOwners|EarlyEvents'
WORDS+='|ModelHistory|WebhookTrust|WebhookCover|TokenRefusal|SettledCall'
WORDS+='|FairLru|FairLimit|CreateOnce|RegisteringClient|RateEstimate'
WORDS+='|WindowEstimate|RefillEstimate|IdleSweep|LoopProbe|FrontDoor|HandClock'
WORDS+='|k(Most|Least)[A-Z][A-Za-z]*'

check_words() {
  local found
  found=$(files '*.h' '*.cc' '*.md' '*.mjs' '*.proto' '*.py' '*.sh' '*.txt' \
    '*.cmake' '*.yaml' '*.yml' '*.ts' '*.go' '*.java' | grep -v '^scripts/lint\.sh$' |
    xargs grep -nwE "$WORDS") || return 0
  printf '%s\n' "$found" "words that CONTRIBUTING.md rules out"
  return 1
}

check_schema() {
  [[ -x $BUF ]] || die "$BUF is missing: run scripts/install.sh test"
  "$BUF" lint proto
  "$BUF" format -d --exit-code proto
  "$BUF" breaking proto --against "$ACCEPTED_SCHEMA"
  schema_image | cmp -s - "$ACCEPTED_SCHEMA" ||
    die "proto/ has additions: review them, then run scripts/lint.sh accept-schema"
}

# The schema as JSON, with a line for each member: diffs stay readable.
schema_image() {
  "$BUF" build proto --exclude-source-info -o '-#format=json' |
    /usr/bin/python3 -m json.tool --indent 1
}

accept_schema() {
  "$BUF" breaking proto --against "$ACCEPTED_SCHEMA"
  schema_image >"$ACCEPTED_SCHEMA.new"
  mv "$ACCEPTED_SCHEMA.new" "$ACCEPTED_SCHEMA"
}

# only_in INCLUDE FOLDERS: fails if a file outside FOLDERS includes INCLUDE.
# Both are extended regular expressions.
only_in() {
  expect_none "only in $2" "$(files '*.cc' '*.h' | grep -Ev "^($2)" |
    xargs grep -nE "^ *# *include *[<\"]($1)")"
}

# may_include FOLDER OTHERS: fails if a file in FOLDER includes a file of the
# project that is neither in it nor matches OTHERS.
may_include() {
  expect_none "$1 may include only $2" "$(files "$1*.cc" "$1*.h" |
    xargs grep -nE '^ *# *include *"(base|client|proto|sandbox|service|upstream|wriftai)/' |
    grep -Ev "include *\"($1|$2)")"
}

# expect_none RULE FOUND: fails, and prints what was found, unless it is empty.
expect_none() {
  [[ -n $2 ]] || return 0
  printf '%s\n' "$2" "violates the layers of ARCHITECTURE.md: $1"
  return 1
}

check_includes() {
  local failed=0
  only_in 'curl/' 'upstream/http/|tests/bench/peers/' || failed=1
  only_in 'rapidjson/' 'upstream/json/|sandbox/json\.' || failed=1
  only_in 'grpc/|grpcpp/|[^">]*\.grpc\.pb\.h' 'service/|client/|docs/|tests/' ||
    failed=1
  only_in 'prometheus/' 'service/admin/|tests/' || failed=1
  only_in 'openssl/' \
    'base/digest\.|upstream/http/pooled_connection\.|service/server/(port_probe\.|tls/)|sandbox/webhook_signature\.|tests/' ||
    failed=1
  only_in 'service/' 'service/|tests/' || failed=1
  only_in 'client/' 'client/|tests/' || failed=1
  only_in 'sandbox/' 'sandbox/|service/app\.|tests/' || failed=1
  only_in 'tests/' 'tests/' || failed=1
  only_in 'base/http_server/' \
    'base/http_server/|service/(admin|webhook)/|sandbox/|tests/' || failed=1
  may_include 'base/' 'base/' || failed=1
  may_include 'upstream/http/' 'base/' || failed=1
  may_include 'upstream/budget/' 'base/|upstream/error_details' || failed=1
  may_include 'upstream/cluster/' 'base/' || failed=1
  may_include 'upstream/json/' 'base/|upstream/prediction_params|proto/|wriftai/' ||
    failed=1
  may_include 'upstream/watch/' \
    'base/|upstream/(budget/|error_details|prediction_(calls|params|state)|retry_policy|webhook/webhook_feed)|proto/|wriftai/' ||
    failed=1
  may_include 'upstream/create/' \
    'base/|upstream/(budget/|error_details|json/|prediction_(calls|params)|request_spans)|proto/|wriftai/' ||
    failed=1
  may_include 'upstream/rest/' \
    'base/|upstream/(budget/|call_trace|error_details|http/|json/|prediction_(calls|params)|request_spans|retry_policy)|proto/|wriftai/' ||
    failed=1
  may_include 'upstream/webhook/' \
    'base/|upstream/(json/|prediction_(calls|state))|proto/|wriftai/' || failed=1
  may_include 'service/logging/' 'base/|upstream/json/' || failed=1
  may_include 'service/calls/' 'base/' || failed=1
  may_include 'service/server/' 'base/|proto/|service/calls/|wriftai/' ||
    failed=1
  may_include 'service/server/tls/' 'base/' || failed=1
  may_include 'service/etcd/' \
    'base/|service/(server/(http_url|tls/client_credentials)|calls/call_count)|upstream/cluster/store' || failed=1
  may_include 'service/webhook/' 'base/|upstream/webhook/' || failed=1
  may_include 'service/engine/' 'base/|upstream/|proto/|wriftai/' || failed=1
  may_include 'service/tracing/' \
    'base/|service/(server/(http_url|tls/client_credentials)|calls/call_count)|upstream/(http/http_message|request_spans|rest/|watch/poll_spans)' ||
    failed=1
  may_include 'service/telemetry/' \
    'base/|service/(engine|logging|tracing)/|upstream/|proto/|wriftai/' || failed=1
  may_include 'service/rpc/' \
    'base/|service/(calls|engine|logging|telemetry|tracing)/|upstream/|proto/|wriftai/' ||
    failed=1
  may_include 'service/peers/' \
    'base/|service/(engine|rpc|server|calls|telemetry)/|upstream/|proto/|wriftai/' ||
    failed=1
  may_include 'service/replica/' \
    'base/|service/(engine|etcd|peers|rpc|server|calls|telemetry)/|upstream/|proto/|wriftai/' ||
    failed=1
  may_include 'service/admin/' \
    'base/|service/(engine|logging|replica|server|telemetry|tracing|webhook)/|upstream/|proto/|wriftai/' ||
    failed=1
  may_include 'client/' 'base/|proto/|upstream/json/json_(reader|text)|wriftai/' || failed=1
  may_include 'sandbox/' 'base/|upstream/http/' || failed=1
  return $failed
}

# tidy_one DIGEST UNIT: DIGEST covers everything that the unit may depend on,
# except the sources that it includes.
tidy_one() {
  local passed found
  passed=$TIDY_PASSED/$( (printf '%s\n' "$@" &&
    sed -n 's,^#include "\(/.*\)",\1,p' "$2" | xargs cat "$2") |
    sha256sum | cut -c-32)
  [[ ! -e $passed ]] || return 0
  found=$(clang-tidy-14 --quiet -p "$TIDY_BUILD" \
    "--extra-arg=-isystem$PWD/build/release/proto" "$2" 2>/dev/null) || {
    printf '%s\n' "$2" "$found"
    return 1
  }
  touch "$passed"
}

# Nearly all of the time goes into the libraries' headers. So clang-tidy reads
# the sources of a target as one unit: it takes an eighth of the time, but two
# of them cannot use one name for different things.
check_tidy() {
  local digest
  [[ -e build/release/proto/wriftai/predictions/v1/predictions.pb.h ]] ||
    die "build/release is missing: cmake --preset release && cmake --build --preset release"
  cmake --preset tidy >/dev/null
  mkdir -p "$TIDY_PASSED"
  digest=$( (clang-tidy-14 --version &&
    files '*.h' '*.proto' '*.cmake' '*CMakeLists.txt' .clang-tidy |
    xargs cat) | sha256sum)
  export -f tidy_one
  export TIDY_BUILD TIDY_PASSED
  # The largest first, so that the parallel jobs end at about the same time.
  sed -n 's/^ *"file": "\(.*\)".*/\1/p' "$TIDY_BUILD/compile_commands.json" |
    grep -v "/$TIDY_BUILD/proto/" | xargs ls -S |
    xargs -P "$(nproc)" -I{} bash -c 'tidy_one "$@"' _ "$digest" {}
}

[[ $# -gt 0 ]] || set -- format words schema includes tidy
for check in "$@"; do
  case $check in
    format | words | schema | includes | tidy) "check_$check" ;;
    accept-schema) accept_schema ;;
    *) die "$check: expected format, words, schema, includes or tidy" ;;
  esac
done
