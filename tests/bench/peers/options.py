"""The options of scripts/bench.sh."""

import argparse
import os

import cases


def parse():
  parser = argparse.ArgumentParser(
      prog='scripts/bench.sh',
      description='Compares the gateway with others, side by side in one run.')
  parser.add_argument('--case', action='append', metavar='NAME',
                      help='a case to measure; may be repeated. All: '
                      + ', '.join(cases.names()))
  parser.add_argument('--peers', metavar='NAMES',
                      help='comma-separated, of ' + ', '.join(cases.PEERS))
  parser.add_argument('--rounds', type=int, default=5, metavar='N',
                      help='how often each peer is measured (default: 5)')
  parser.add_argument('--seconds', type=float, default=3,
                      help='duration of one measurement (default: 3)')
  parser.add_argument('--quick', action='store_true',
                      help='2 rounds of 1 s, to try the benchmark itself')
  parser.add_argument('--server_core', type=int, default=0)
  parser.add_argument('--load_core', type=int, default=1,
                      help='for the load and the upstream (default: 1)')
  parser.add_argument('--json', default='build/bench/results.json',
                      metavar='FILE', help='where to write the results')
  options = parser.parse_args()
  if options.quick:
    options.rounds, options.seconds = 2, 1
  if options.rounds < 1 or options.seconds <= 0:
    parser.error('expected --rounds of at least 1, and --seconds above 0')
  cores = os.sched_getaffinity(0)
  for core in (options.server_core, options.load_core):
    if core not in cores:
      parser.error(f'core {core}: expected one of {sorted(cores)}')
  options.peers = options.peers.split(',') if options.peers else None
  for peer in options.peers or ():
    if peer not in cases.PEERS:
      parser.error(f'--peers: {peer}: expected one of '
                   + ', '.join(cases.PEERS))
  options.cases = [
      find_case(parser, name) for name in options.case or cases.names()
  ]
  return options


def find_case(parser, name):
  found = cases.find(name)
  if found is None:
    parser.error(f'--case={name}: expected one of {", ".join(cases.names())}')
  return found
