"""Checks that links between documents lead to a file and a heading.

  check_links.py SOURCE_DIR DOCUMENT...
"""

import os
import re
import sys

_LINK = re.compile(r'\]\(([^)\s]+)\)')
_FENCED = re.compile(r'^```.*?^```$', re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r'^#+ (.*)$', re.MULTILINE)


def text_of(path):
  with open(path, encoding='utf-8') as file:
    return _FENCED.sub('', file.read())


def anchors_of(path):
  """The anchors that GitHub gives to the headings."""
  return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-')
          for heading in _HEADING.findall(text_of(path))}


def broken_links(path):
  for link in _LINK.findall(text_of(path)):
    if re.match('[a-z]+:', link):
      continue
    name, _, anchor = link.partition('#')
    target = os.path.join(os.path.dirname(path), name) if name else path
    if not os.path.exists(target):
      yield f'{link}: no such file'
    elif anchor and anchor not in anchors_of(target):
      yield f'{link}: no such heading'


def main():
  source, *names = sys.argv[1:]
  broken = [f'{name}: {problem}' for name in names
            for problem in broken_links(os.path.join(source, name))]
  if broken:
    sys.exit('\n'.join(broken))


if __name__ == '__main__':
  main()
