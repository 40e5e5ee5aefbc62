"""Counts what the gateway and its parts cost, and checks the bounds.

  /usr/bin/python3 tests/bench/micro/count.py --part=micro
  /usr/bin/python3 tests/bench/micro/count.py --part=gateway
  /usr/bin/python3 tests/bench/micro/count.py --part=replicas
  /usr/bin/python3 tests/bench/micro/count.py --renew

Runs in the root of the checkout, after the build of the preset release.
docs/benchmarks.md says what is counted. Exit status 1: a bound is exceeded.
"""

import argparse
import os
import subprocess
import sys

import bounds
import parts

OUT = 'build/counts'
PROTO = 'wriftai/predictions/v1/predictions.proto'


def measure(part):
  folder = os.path.abspath(os.path.join(OUT, part))
  os.makedirs(folder, exist_ok=True)
  if part == 'micro':
    return parts.measure(folder)
  parts.run(['protoc', '-I', 'proto', f'--python_out={folder}', PROTO],
            os.environ)
  sys.path.insert(0, folder)
  # These require the messages.
  import gateway  # pylint: disable=import-outside-toplevel
  import replicas  # pylint: disable=import-outside-toplevel
  count = replicas.count if part == 'replicas' else gateway.count
  return gateway.measure(folder, count)


def check(part, measured):
  """Whether the bounds hold; prints those that do not."""
  recorded = bounds.load().get(part, {})
  failed = bounds.violations(part, measured, recorded)
  if part == 'micro':
    failed += bounds.growth_violations(measured)
  for line in failed:
    print(line)
  if failed:
    print(f'If this is what the change must cost: {bounds.RENEW}')
  for line in bounds.outdated(measured, recorded):
    print(f'better than recorded: {line}')
  return not failed


def show(measured):
  for case, figures in measured.items():
    print(f'{case:44}', '  '.join(
        f'{name} {value:,.6g}' for name, value in figures.items()))


def main():
  options = argparse.ArgumentParser()
  options.add_argument('--part', choices=list(bounds.HEADROOM),
                       help='default: all')
  options.add_argument('--renew', action='store_true',
                       help=f'write {os.path.relpath(bounds.FIGURES)}')
  options = options.parse_args()
  good = True
  for part in [options.part] if options.part else bounds.HEADROOM:
    measured = measure(part)
    show(measured)
    if options.renew:
      bounds.renew(part, measured)
    else:
      good = check(part, measured) and good
  sys.exit(0 if good else 1)


if __name__ == '__main__':
  main()
