"""Runs the cases. scripts/bench.sh builds what this needs, and calls it."""

import json

import options as options_module
import report
import tables
from unary import UnaryRun


def main():
  options = options_module.parse()
  results = []
  for case in options.cases:
    print(f'\n## {case.title}', flush=True)
    figures = UnaryRun(case, options).run()
    results.append(report.result_of(case, figures, options))
    print(tables.table_of(results[-1]), flush=True)
    # Written after each case, so that an interrupted run keeps its results.
    with open(options.json, 'w', encoding='utf-8') as file:
      json.dump(report.run_of(options, results), file, indent=1)
  print(f'\nresults: {options.json}')


if __name__ == '__main__':
  main()
