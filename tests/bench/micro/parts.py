"""Counts what parts of the gateway cost: the cases of the program `micro`."""

import glob
import json
import os
import re
import subprocess

MICRO = 'build/release/bin/micro'
LIBC_COUNTS = 'build/release/tests/bench/micro/liblibc_counts.so'
# One iteration of each case.
ONCE = '--benchmark_min_time=0'
TIMEOUT_S = 300


def measure(folder):
  """Figures by case, each for one operation."""
  cases = count_libc(folder)
  instructions = count_instructions(folder)
  if not instructions:
    raise RuntimeError('micro was built without valgrind: install it, and touch '
                       'tests/bench/micro/measured.cc')
  if len(instructions) != len(cases):
    raise RuntimeError(
        f'{len(instructions)} dumps of callgrind for {len(cases)} cases')
  for figures, count in zip(cases.values(), instructions):
    figures['instructions'] = count / figures.pop('operations')
  return cases


def count_libc(folder):
  """What the cases ask of the C library, in their order."""
  report = os.path.join(folder, 'micro.json')
  run([MICRO, ONCE, f'--benchmark_out={report}'],
      dict(os.environ, LD_PRELOAD=os.path.abspath(LIBC_COUNTS)))
  with open(report, encoding='utf-8') as file:
    benchmarks = json.load(file)['benchmarks']
  names = ('operations', 'allocations', 'allocated_bytes', 'copied_bytes')
  return {case['name']: {name: case[name] for name in names}
          for case in benchmarks}


def count_instructions(folder):
  """Those of each case, in their order."""
  out = os.path.join(folder, 'callgrind.out')
  for old in glob.glob(out + '*'):
    os.remove(old)
  run(['valgrind', '--tool=callgrind', '--instr-atstart=no',
       f'--callgrind-out-file={out}', MICRO, ONCE], os.environ)
  # The one without a number is from the end of the program.
  dumps = glob.glob(out + '.*')
  dumps.sort(key=lambda dump: int(dump.rpartition('.')[2]))
  return [total_of(dump) for dump in dumps]


def total_of(dump):
  with open(dump, encoding='utf-8') as file:
    found = re.search(r'^totals: (\d+)', file.read(), re.MULTILINE)
  if not found:
    raise RuntimeError(f'{dump}: no total')
  return int(found.group(1))


def run(command, environment):
  ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True,
                         timeout=TIMEOUT_S, check=False)
  if ended.returncode != 0:
    raise RuntimeError(f'{" ".join(command)}: exit status {ended.returncode}: '
                       f'{ended.stdout[-2000:]}')
