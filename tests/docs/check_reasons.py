"""Compares the reasons in the table of errors with those in the sources.

  check_reasons.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys

# What makes an error, and the reasons that it is given by name.
_MAKERS = re.compile(
    r'(?:GatewayError\(\s*[\w:]+,\s*|Code::k\w+,\s*|kInvalidArgument,\s*'
    r'|kOutcomeUnknown\[\] = |char k(?!\w*Variable)\w+\[\] = )"([A-Z][A-Z_]{4,})"')


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  made = set()
  for folder in ('service', 'upstream'):
    for path in [*source.glob(f'{folder}/**/*.cc'),
                 *source.glob(f'{folder}/**/*.h')]:
      made |= set(_MAKERS.findall(path.read_text()))
  rows = re.findall(r'^\|.*\|$', document.read_text(), re.M)
  told = {reason for row in rows
          for reason in re.findall(r'`([A-Z_]{5,})`', row.split('|')[3])}
  if made != told or not made:
    sys.exit(f'{document}: in the sources alone: {sorted(made - told)}, '
             f'in the document alone: {sorted(told - made)}')


if __name__ == '__main__':
  main()
