"""Compares the table of webhook causes with the one in the sources.

  check_webhook_causes.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  in_sources = re.findall(
      r'\{(?:WebhookOutcome|HttpFailure)::k\w+, "(\w+)", (\d+)\}',
      (source / 'service/webhook/delivery_outcome.cc').read_text())
  # Without a response, the cell is empty.
  in_sources = [(name, '' if status == '0' else status)
                for name, status in in_sources]
  in_document = re.findall(r'^\| `(\w+)` \| *(\d*) *\|',
                           document.read_text(), re.M)
  if in_sources != in_document or not in_sources:
    sys.exit(f'{document}: expected the rows {in_sources}, '
             f'found {in_document}')


if __name__ == '__main__':
  main()
