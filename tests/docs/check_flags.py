"""Compares the tables of flags in a document with the programs' --help.

  check_flags.py DOCUMENT PROGRAM...            fails if they differ
  check_flags.py --write DOCUMENT PROGRAM...    rewrites the tables

A table stands between <!-- flags of PROGRAM --> and <!-- end -->.
"""

import os
import re
import subprocess
import sys

# As FlagSet::Help() prints them.
_FLAG = re.compile(r'^  --(\S+)  \(default: (.*)\)\n((?:      .*\n)+)', re.M)


def table_of(program):
  help_text = subprocess.run([program, '--help'], check=True, text=True,
                             stdout=subprocess.PIPE, env={}).stdout
  lines = ['', '| flag | default | meaning |', '|---|---|---|']
  for name, default, text in _FLAG.findall(help_text):
    meaning = ' '.join(text.split()).replace('|', '\\|')
    lines.append(f'| `--{name}` | `{default}` | {meaning} |')
  if len(lines) == 3:
    sys.exit(f'{program} --help shows no flags')
  return '\n'.join(lines) + '\n\n'


def main():
  write = sys.argv[1] == '--write'
  path, *programs = sys.argv[2:] if write else sys.argv[1:]
  with open(path, encoding='utf-8') as document:
    text = document.read()
  for program in programs:
    name = os.path.basename(program)
    start, end = f'<!-- flags of {name} -->\n', '<!-- end -->'
    before, found, rest = text.partition(start)
    if not found:
      sys.exit(f'{path}: expected a table of the flags of {name}')
    old, _, after = rest.partition(end)
    new = table_of(program)
    if write:
      text = before + start + new + end + after
    elif old != new:
      differing = set(old.splitlines()) ^ set(new.splitlines())
      sys.exit(f'{path} differs from {name} --help:\n' + '\n'.join(
          sorted(differing)) + '\nfix it with check_flags.py --write')
  if write:
    with open(path, 'w', encoding='utf-8') as document:
      document.write(text)


if __name__ == '__main__':
  main()
