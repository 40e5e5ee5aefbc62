"""Compares the table of refused clients with the causes in the sources.

  check_tls_causes.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  made = re.findall(r'\{TlsRefusal::k\w+, "(\w+)"\}',
                    (source / 'service/server/tls_refusal.h').read_text())
  table = document.read_text().partition('| cause |')[2].partition('\n\n')[0]
  told = re.findall(r'^\| `(\w+)` \|', table, re.M)
  if made != told or not made:
    sys.exit(f'{document}: wanted the rows {made}, found {told}')


if __name__ == '__main__':
  main()
