"""Compares the reasons in the table of errors with the schema's ErrorReason,
and checks that the sources use each of them.

  check_reasons.py DOCUMENT SOURCE_DIR
"""

import pathlib
import re
import sys


def main():
  document, source = map(pathlib.Path, sys.argv[1:])
  schema = source / 'proto/wriftai/predictions/v1/predictions.proto'
  body = re.search(r'^enum ErrorReason \{(.*?)^\}', schema.read_text(),
                   re.M | re.S).group(1)
  reasons = set(re.findall(r'^  (\w+) = [1-9]', body, re.M))
  rows = re.findall(r'^\|.*\|$', document.read_text(), re.M)
  documented = {
      reason for row in rows
      for reason in re.findall(r'`([A-Z_]{5,})`', row.split('|')[3])}
  if reasons != documented or not reasons:
    sys.exit(f'{document}: only in the schema: {sorted(reasons - documented)}, '
             f'only in the document: {sorted(documented - reasons)}')
  used = {
      reason for folder in ('service', 'upstream')
      for path in source.glob(f'{folder}/**/*.cc')
      for reason in re.findall(r'\bv1::([A-Z_]+)\b', path.read_text())}
  if reasons - used:
    sys.exit(f'{schema}: no source uses {sorted(reasons - used)}')


if __name__ == '__main__':
  main()
