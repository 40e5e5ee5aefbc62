"""Writes the results of a benchmark into a document.

  write_tables.py DOCUMENT RESULTS.json...

Replaces the table of each scenario or case in RESULTS, between
<!-- figures of BENCHMARK NAME --> and <!-- end -->. These tables are written
only by this program, so every figure comes from a run.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'peers'))

import tables  # scripts/bench.sh prints them, too.


def number(value):
  if value is None:
    return '–'
  return f'{value:,.0f}' if value == int(value) else f'{value:.4g}'


def bound(figure):
  if 'at_most' not in figure:
    return ''
  return (f'≤ {number(figure["at_most"])}, '
          f'{"met" if figure["met"] else "**not met**"}')


def table_of(results, scenario):
  setup = ', '.join(f'{name} {number(value)}'
                    for name, value in scenario['setup'].items())
  lines = [
      '', f'`waits {results["command"]}`, {results["time"]}, '
      f'{results["cores"]} cores, {scenario["seconds"]:.0f} s; {setup}.', '',
      f'| | gateway | {scenario["compared"]} | bound |', '|---|---|---|---|'
  ]
  for figure in scenario['figures']:
    unit = f' ({figure["unit"]})' if figure['unit'] else ''
    lines.append(f'| {figure["text"]}{unit} | {number(figure["gateway"])} '
                 f'| {number(figure["naive"])} | {bound(figure)} |')
  lines += [f'\n{note}' for note in scenario['notes']]
  return '\n'.join(lines) + '\n\n'


def sections_of(results):
  """Names and texts."""
  if results['benchmark'] == 'peers':
    return [(case['name'], tables.section_of(case))
            for case in results['cases']]
  return [(scenario['name'], table_of(results, scenario))
          for scenario in results['scenarios']]


def main():
  path, *files = sys.argv[1:]
  with open(path, encoding='utf-8') as document:
    text = document.read()
  for file in files:
    with open(file, encoding='utf-8') as source:
      results = json.load(source)
    for name, section in sections_of(results):
      start = f'<!-- figures of {results["benchmark"]} {name} -->\n'
      before, found, rest = text.partition(start)
      _, end, after = rest.partition('<!-- end -->')
      if not found or not end:
        sys.exit(f'{path}: missing {start.strip()} or its <!-- end -->')
      text = before + start + section + end + after
  with open(path, 'w', encoding='utf-8') as document:
    document.write(text)


if __name__ == '__main__':
  main()
