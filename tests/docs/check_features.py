"""Checks that CI runs each command of a page's table of features, the one with
the header `| what | command | more |`.

  check_features.py SOURCE_DIR BUILD_DIR DOCUMENT

The second cell of a row has the command, in backquotes. It is a line of an sh
block that runs, of this page or of one that the row's third cell links; or it
is `ctest --preset release` and selects a test.
"""

import os
import re
import shlex
import sys
import tempfile

from check_commands import finds_something, make_checkout
from document import read_blocks

_CTEST = 'ctest --preset release '
_TABLE = re.compile(r'^\| what \| command \| more \|\n\|[-|]+\|\n((?:\|.*\n)+)',
                    re.MULTILINE)
_ROW = re.compile(r'\| (.*) \| `(.*)` \| (.*?) ?\|')
_LINKED = re.compile(r'\]\(([^)#]+\.md)')


def rows_of(path):
  with open(path, encoding='utf-8') as document:
    table = _TABLE.search(document.read())
  if not table:
    sys.exit(f'{path}: expected a table of what, command and more')
  rows = []
  for line in table[1].splitlines():
    row = _ROW.fullmatch(line)
    if not row:
      sys.exit(f'{path}: expected one command in backquotes: {line}')
    rows.append(row.groups())
  return rows


def lines_that_run(path):
  return {line for block in read_blocks(path)
          if block.language == 'sh' and not block.not_run
          for line in block.text.splitlines()}


def main():
  source, build, path = map(os.path.realpath, sys.argv[1:])
  rows = rows_of(path)
  with tempfile.TemporaryDirectory(prefix='features-test-') as folder:
    make_checkout(source, build, folder)
    for what, command, more in rows:
      command = command.replace('\\|', '|')
      if command.startswith(_CTEST):
        is_run = finds_something(shlex.split(command), build, folder)
      else:
        pages = [path, *(os.path.join(os.path.dirname(path), page)
                         for page in _LINKED.findall(more))]
        is_run = any(command in lines_that_run(page) for page in pages)
      if not is_run:
        sys.exit(f'{path}: {what}: nothing runs: {command}')
  print(f'{len(rows)} commands are run')


if __name__ == '__main__':
  main()
