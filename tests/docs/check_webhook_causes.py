"""Compares the table of webhook causes with the one in the sources.

  check_webhook_causes.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  made = re.findall(
      r'\{WebhookOutcome::k\w+, "(\w+)", (\d+)\}',
      (source / 'upstream/webhook/webhook_outcome.cc').read_text())
  # No answer is an empty cell.
  made = [(name, '' if status == '0' else status) for name, status in made]
  told = re.findall(r'^\| `(\w+)` \| *(\d*) *\|', document.read_text(), re.M)
  if made != told or not made:
    sys.exit(f'{document}: wanted the rows {made}, found {told}')


if __name__ == '__main__':
  main()
