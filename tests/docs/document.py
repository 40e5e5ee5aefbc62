"""The fenced blocks of a document, and what of its expected output may vary.

Blocks:
  sh        is run
  text      right after a sh block: what that prints
  anything else has a file name behind the language (```python build/a.py): it
            is that file; a later block of the same name goes on with it

A comment <!-- not run: REASON --> before a block keeps it from being run.
"""

import dataclasses
import re


@dataclasses.dataclass
class Block:
  line: int
  language: str
  file: str
  text: str
  not_run: str


_FENCE = re.compile(r'^```(\S*)[ ]*(\S*)$')
_NOT_RUN = re.compile(r'^<!-- not run: (.*) -->$')


def read_blocks(path):
  """All blocks of the document, in order."""
  blocks, block, not_run = [], None, ''
  with open(path, encoding='utf-8') as document:
    for number, line in enumerate(document, 1):
      fence = _FENCE.match(line.rstrip())
      if block is None and fence:
        block = Block(number, fence[1], fence[2], '', not_run)
        not_run = ''
      elif block is not None and line.rstrip() == '```':
        blocks.append(block)
        block = None
      elif block is not None:
        block.text += line
      elif _NOT_RUN.match(line.rstrip()):
        not_run = _NOT_RUN.match(line.rstrip())[1]
  if block is not None:
    raise ValueError(f'{path}:{block.line}: the block does not end')
  return blocks


_UUID = r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

# What differs from run to run, by its form.
_VARIES = re.compile('|'.join([
    rf'(?P<uuid>{_UUID})',
    r'(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)',
    r'(?P<seconds>\b\d+\.\d+ s\b)',
    r'(?P<port>(?<=127\.0\.0\.1:)\d+)',
    r'(?P<update>(?<=\bupdate )\d+)',
]))


class Comparison:
  """Compares outputs with what the document shows.

  May vary: ids (the same one in the document is the same one everywhere),
  times, seconds, ports of 127.0.0.1, the numbers of updates, and how often a
  line with such a thing in it stands there in a row. `…` in the document stands
  for anything to the end of the line, and alone on a line for any lines.
  """

  def __init__(self):
    self._ids = {'shown': {}, 'printed': {}}

  def difference(self, shown, printed):
    """Empty, or what is different."""
    shown = self._normal('shown', shown)
    printed = self._normal('printed', printed)
    pattern = ''
    for line in shown:
      if line == '…':
        pattern += r'(?:.*\n)*?'
      else:
        pattern += re.escape(line).replace('…', '.*') + r'\n'
    if re.fullmatch(pattern, ''.join(line + '\n' for line in printed)):
      return ''
    return '\n'.join(['shown in the document:', *shown,
                      'printed:', *printed])

  def _normal(self, side, text):
    lines = []
    for line in text.rstrip('\n').split('\n'):
      normal = _VARIES.sub(lambda found: self._name(side, found), line.rstrip())
      if normal != line.rstrip() and lines[-1:] == [normal]:
        continue
      lines.append(normal)
    return lines

  def _name(self, side, found):
    if found.lastgroup != 'uuid':
      return f'<{found.lastgroup}>'
    ids = self._ids[side]
    return f'<id {ids.setdefault(found[0], len(ids) + 1)}>'
