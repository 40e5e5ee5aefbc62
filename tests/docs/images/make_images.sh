#!/usr/bin/env bash
# Writes the pictures of the README from a running gateway with its sandbox:
#
#   tests/docs/images/make_images.sh    docs/images/statusz.png, wriftctl.svg
#
# Requires `scripts/install.sh test`, and the programs of `scripts/demo.sh`.
source "$(dirname "$0")/../../../scripts/common.sh"

PATH=$PWD/build/release/bin:$PATH
export WRIFTCTL_ADDRESS=127.0.0.1:50151
ADMIN=127.0.0.1:9190
PREDICTIONS=40
WAITERS=3  # For each prediction.

folder=$(mktemp -d)
programs=()
stop() {
  kill "${programs[@]}" 2>/dev/null || true
  wait
  rm -r "$folder"
}
trap stop EXIT

wriftai-gateway --sandbox --listen_address="$WRIFTCTL_ADDRESS" \
  --http_address="$ADMIN" 2>"$folder/gateway.log" &
programs+=($!)
until wriftctl health >"$folder/health" 2>&1; do sleep 0.1; done

# A real terminal, so that wriftctl redraws its line of progress.
printf 'stty cols 108 rows 24\n. %q\n' "$PWD/tests/docs/images/session.sh" \
  >"$folder/session"
script --quiet --command "bash $folder/session" --logging-format classic \
  --log-out "$folder/out" --log-timing "$folder/timing" </dev/null >/dev/null
/usr/bin/python3 tests/docs/images/terminal_svg.py "$folder/out" \
  "$folder/timing" >docs/images/wriftctl.svg

# Three times as many waits as predictions, which end one by one.
for ((i = 0; i < PREDICTIONS; ++i)); do
  id=$(wriftctl create deepseek-ai/deepseek-r1 --input \
    "{\"prompt\":\"Hi\",\"sandbox\":{\"pending_s\":$((i % 7)),\"run_s\":$((60 + 8 * i))}}" |
    sed -n 's/^id  *//p')
  for ((j = 0; j < WAITERS; ++j)); do
    wriftctl wait "$id" >/dev/null 2>&1 &
    programs+=($!)
  done
done
# Some history for the charts.
sleep 90
node tests/docs/images/statusz.mjs "http://$ADMIN/statusz" \
  docs/images/statusz.png
