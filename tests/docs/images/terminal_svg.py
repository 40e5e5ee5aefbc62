"""Converts a recording of script(1) to an animated SVG.

  terminal_svg.py OUTPUT TIMING >FILE.svg

Understands what wriftctl writes: lines, \\r, ESC [ K (erase to the end of the
line) and three colors. Any other control sequence is an error. Without animation,
viewers show the last screen.
"""

import html
import itertools
import re
import sys

_COLUMNS = 108
_LINE_HEIGHT = 18
_CHARACTER_WIDTH = 8.4
_MARGIN = 14
# How long the last screen stays before the recording repeats.
_HOLD_SECONDS = 6
# Viewers merge ordinary spaces.
_SPACE = '&#160;'
# By the number in ESC [ … m.
_COLORS = {'0': None, '31': '#e06c75', '32': '#98c379', '33': '#e5c07b'}


class Screen:
  """The lines of a terminal: each a list of characters with their colors."""

  def __init__(self):
    self.lines = [[]]
    self._column = 0
    self._color = None

  def write(self, text):
    for part in re.findall(r'(?s)\x1b\[K|\x1b\[\d+m|.',
                           text.replace('\x1b[?2004l', '')):
      if part == '\n':
        self.lines.append([])
      elif part == '\r':
        self._column = 0
      elif part == '\x1b[K':
        del self.lines[-1][self._column:]
      elif part.startswith('\x1b['):
        self._color = _COLORS[part[2:-1]]
      elif part < ' ':
        sys.exit(f'unexpected control character: {part!r}')
      else:
        if self._column == _COLUMNS:  # Wraps.
          self.lines.append([])
          self._column = 0
        line = self.lines[-1]
        line += [(' ', None)] * (self._column - len(line))
        line[self._column:self._column + 1] = [(part, self._color)]
        self._column += 1


def states_of(output, timing):
  """Yields (row, text, start, end) for each text that a row has shown."""
  screen, now, shown, states = Screen(), 0.0, {}, []
  with open(output, 'rb') as file:
    file.readline()  # "Script started on …"
    with open(timing, encoding='utf-8') as times:
      for line in times:
        delay, size = line.split()
        now += float(delay)
        screen.write(file.read(int(size)).decode())
        for row, text in enumerate(map(tuple, screen.lines)):
          since, before = shown.get(row, (now, ()))
          if text != before:
            if before:
              states.append((row, before, since, now))
            shown[row] = (now, text)
  end = now + _HOLD_SECONDS
  states += [(row, text, since, end)
             for row, (since, text) in shown.items() if text]
  return states, len(screen.lines), end


def spans_of(text):
  spans = []
  for color, cells in itertools.groupby(text, key=lambda cell: cell[1]):
    part = ''.join(character for character, _ in cells)
    part = html.escape(part).replace(' ', _SPACE)
    spans.append(f'<tspan fill="{color}">{part}</tspan>' if color else part)
  return ''.join(spans)


def main():
  states, rows, end = states_of(*sys.argv[1:])
  width = _COLUMNS * _CHARACTER_WIDTH + 2 * _MARGIN
  height = rows * _LINE_HEIGHT + 2 * _MARGIN
  print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{height}" viewBox="0 0 {width:.0f} {height}">')
  print('<title>wriftctl creates a prediction and waits for it</title>')
  print('<rect width="100%" height="100%" rx="8" fill="#1e2127"/>')
  print('<g fill="#d7dae0" font-family="ui-monospace,SFMono-Regular,Menlo,'
        'Consolas,\'DejaVu Sans Mono\',monospace" font-size="14">')
  for row, text, since, until in states:
    y = _MARGIN + (row + 0.75) * _LINE_HEIGHT
    is_command = text[:2] == (('$', None), (' ', None))
    color = ' fill="#98c379"' if is_command else ''
    last = until == end
    times = f'0;{since / end:.4f}' + ('' if last else f';{until / end:.4f}')
    values = '0;1' if last else '0;1;0'
    print(f'<text x="{_MARGIN}" y="{y:.1f}" opacity="{1 if last else 0}"'
          f' textLength="{len(text) * _CHARACTER_WIDTH:.1f}"{color}>'
          f'{spans_of(text)}<animate attributeName="opacity" '
          f'values="{values}" keyTimes="{times}" calcMode="discrete" '
          f'dur="{end:.2f}s" repeatCount="indefinite"/></text>')
  print('</g>\n</svg>')


if __name__ == '__main__':
  main()
