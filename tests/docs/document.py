"""The fenced blocks of a document, and which parts of its output may vary.

Blocks:
  sh        is run
  text      right after a sh block: its expected output
  any other has a file name after the language (```python build/a.py) and
            creates that file; a later block of the same name is appended

A comment <!-- not run: REASON --> before a block skips it. After a comment
<!-- preparation -->, a sh block has commands that make the tree in which the
document runs.
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
  is_preparation: bool


_FENCE = re.compile(r'^```(\S*)[ ]*(\S*)$')
_NOT_RUN = re.compile(r'^<!-- not run: (.*) -->$')
_PREPARATION = '<!-- preparation -->'


def read_blocks(path):
  """Returns all blocks of the document, in order."""
  blocks, block, not_run, is_preparation = [], None, '', False
  with open(path, encoding='utf-8') as document:
    for number, line in enumerate(document, 1):
      fence = _FENCE.match(line.rstrip())
      if block is None and fence:
        block = Block(number, fence[1], fence[2], '', not_run, is_preparation)
        not_run, is_preparation = '', False
      elif block is not None and line.rstrip() == '```':
        blocks.append(block)
        block = None
      elif block is not None:
        block.text += line
      elif _NOT_RUN.match(line.rstrip()):
        not_run = _NOT_RUN.match(line.rstrip())[1]
      elif line.rstrip() == _PREPARATION:
        is_preparation = True
  if block is not None:
    raise ValueError(f'{path}:{block.line}: missing end of the block')
  return blocks


def preparation_of(blocks):
  """Returns the commands that make the tree of a document with these blocks."""
  return ''.join(block.text for block in blocks if block.is_preparation)


_UUID = r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

# Text that differs between runs.
_VARIES = re.compile('|'.join([
    rf'(?P<uuid>{_UUID})',
    r'(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)',
    r'(?P<seconds>\b\d+\.\d+ s\b)',
    r'(?P<port>(?<=127\.0\.0\.1:)\d+)',
    r'(?P<update>(?<=\bupdate )\d+)',
]))


class Comparison:
  """Compares outputs with the document.

  These may vary: ids (equal ids must stay equal), times, seconds, ports of
  127.0.0.1, the numbers of updates, and how often a line with one of these
  repeats. `…` in the document stands for the rest of a line, and alone on a
  line for any lines.
  """

  def __init__(self):
    self._ids = {'expected': {}, 'actual': {}}

  def difference(self, expected, actual):
    """Returns the difference, or an empty string."""
    expected = self._normalized('expected', expected)
    actual = self._normalized('actual', actual)
    pattern = ''
    for line in expected:
      if line == '…':
        pattern += r'(?:.*\n)*?'
      else:
        pattern += re.escape(line).replace('…', '.*') + r'\n'
    if re.fullmatch(pattern, ''.join(line + '\n' for line in actual)):
      return ''
    return '\n'.join(['expected:', *expected, 'actual:', *actual])

  def _normalized(self, side, text):
    lines = []
    for line in text.rstrip('\n').split('\n'):
      normalized = _VARIES.sub(lambda found: self._name(side, found),
                               line.rstrip())
      if normalized != line.rstrip() and lines[-1:] == [normalized]:
        continue
      lines.append(normalized)
    return lines

  def _name(self, side, found):
    if found.lastgroup != 'uuid':
      return f'<{found.lastgroup}>'
    ids = self._ids[side]
    return f'<id {ids.setdefault(found[0], len(ids) + 1)}>'
