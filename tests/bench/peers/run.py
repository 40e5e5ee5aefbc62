"""Runs the cases. scripts/bench.sh builds what this needs, and calls it."""

import os
import signal
import subprocess
import sys

import cases
import options as options_module
import report
import tables
from beside import BesideRun
from calls import CallRun
from fan_out import FanOutRun
from idle import IdleRun

RUNS = {
    cases.CallCase: CallRun,
    cases.BesideCase: BesideRun,
    cases.FanOutCase: FanOutRun,
    cases.IdleCase: IdleRun,
}


def main():
  options = options_module.parse()
  # Stops the servers, too.
  signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
  os.sched_setaffinity(0, {options.load_core})
  results = []
  failed = False
  for case in options.cases:
    print(f'\n## {case.title}', flush=True)
    try:
      figures = RUNS[type(case)](case, options).run()
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
      print(f'FAILED: {error}', flush=True)
      failed = True
      continue
    results.append(report.result_of(case, figures, options))
    print(tables.table_of(results[-1]), flush=True)
    # Written after each case, so that an interrupted run keeps its results.
    report.write(options, results)
  print(f'\nresults: {options.json}')
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main())
