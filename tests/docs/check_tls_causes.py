"""Compares the table of rejected clients with the causes in the sources.

  check_tls_causes.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  in_sources = re.findall(
      r'\{TlsRefusal::k\w+, "(\w+)"\}',
      (source / 'service/server/tls/tls_refusal.h').read_text())
  table = document.read_text().partition('| cause |')[2].partition('\n\n')[0]
  in_document = re.findall(r'^\| `(\w+)` \|', table, re.M)
  if in_sources != in_document or not in_sources:
    sys.exit(f'{document}: expected the rows {in_sources}, '
             f'found {in_document}')


if __name__ == '__main__':
  main()
