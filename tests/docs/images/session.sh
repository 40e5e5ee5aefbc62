# The terminal session that make_images.sh records.
run() {
  printf '$ %s\n' "$1"
  sleep 1
  eval "$1"
  echo
  sleep 2
}
run "wriftctl create deepseek-ai/deepseek-r1 --input '{\"prompt\": \"Summarize quantum computing.\"}' --wait"
run "wriftctl list"
run "wriftctl create deepseek-r1 prompt=Hello"
