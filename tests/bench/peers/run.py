"""Runs the cases. scripts/bench.sh builds what this needs, and calls it."""

import json
import os
import signal
import sys

import cases
import options as options_module
import report
import tables
from fan_out import FanOutRun
from idle import IdleRun
from unary import UnaryRun

RUNS = {
    cases.UnaryCase: UnaryRun,
    cases.FanOutCase: FanOutRun,
    cases.IdleCase: IdleRun,
}


def main():
  options = options_module.parse()
  # Stops the servers, too.
  signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
  os.sched_setaffinity(0, {options.load_core})
  results = []
  for case in options.cases:
    print(f'\n## {case.title}', flush=True)
    figures = RUNS[type(case)](case, options).run()
    results.append(report.result_of(case, figures, options))
    print(tables.table_of(results[-1]), flush=True)
    # Written after each case, so that an interrupted run keeps its results.
    with open(options.json, 'w', encoding='utf-8') as file:
      json.dump(report.run_of(options, results), file, indent=1)
  print(f'\nresults: {options.json}')


if __name__ == '__main__':
  try:
    main()
  except RuntimeError as error:
    sys.exit(f'bench: {error}')
