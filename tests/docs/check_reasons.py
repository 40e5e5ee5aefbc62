"""Compares the reasons in the table of errors with those in the sources.

  check_reasons.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys

# Code that creates an error with a reason.
_REASONS = re.compile(
    r'(?:GatewayError\(\s*[\w:]+,\s*|Code::k\w+,\s*|kInvalidArgument,\s*'
    r'|kOutcomeUnknown\[\] = |char k(?!\w*Variable)\w+\[\] = )"([A-Z][A-Z_]{4,})"')


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  in_sources = set()
  for folder in ('service', 'upstream'):
    for path in [*source.glob(f'{folder}/**/*.cc'),
                 *source.glob(f'{folder}/**/*.h')]:
      in_sources |= set(_REASONS.findall(path.read_text()))
  rows = re.findall(r'^\|.*\|$', document.read_text(), re.M)
  in_document = {
      reason for row in rows
      for reason in re.findall(r'`([A-Z_]{5,})`', row.split('|')[3])}
  if in_sources != in_document or not in_sources:
    sys.exit(f'{document}: only in the sources: '
             f'{sorted(in_sources - in_document)}, only in the document: '
             f'{sorted(in_document - in_sources)}')


if __name__ == '__main__':
  main()
