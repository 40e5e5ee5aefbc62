"""The bounds on counts.

figures.json has what was measured when it was last renewed. A figure may be
larger by a part of it and a constant.
"""

import json
import os

FIGURES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       'figures.json')
RENEW = '/usr/bin/python3 tests/bench/micro/count.py --renew'

# By part and figure. Other patch levels of Debian's libraries move all of them
# by a few percent.
HEADROOM = {
    # One thread: the same on each run, up to the addresses of objects, which
    # decide on collisions in hash tables.
    'micro': {
        'instructions': (0.12, 0),
        'allocations': (0.1, 0),
        'allocated_bytes': (0.1, 0),
        'copied_bytes': (0.1, 0),
    },
    # Once a second, the gateway looks at files and counters. On a slow machine
    # that happens more often in a call; hence most of the constants.
    'gateway': {
        # Which thread does what depends on the moment: 10% from run to run.
        'instructions': (0.15, 20000),
        'allocations': (0.1, 3),
        'allocated_bytes': (0.1, 600),
        'copied_bytes': (0.1, 600),
        # Sending, receiving and connecting hardly depends on the moment.
        'socket_calls': (0.1, 0.2),
        # How often threads wait and wake each other does: by 50% from run to
        # run. This finds only a thread that never rests.
        'system_calls': (1, 5),
        # One connection in 50 calls may be closed just when it is used.
        'upstream_requests': (0, 0.02),
    },
    # As of the gateway. Each replica also reads from etcd and renews its lease,
    # eight times a second in all; a slow machine makes fewer calls meanwhile.
    'replicas': {
        'instructions': (0.15, 40000),
        'allocations': (0.1, 10),
        'allocated_bytes': (0.1, 3000),
        'copied_bytes': (0.1, 1000),
        'socket_calls': (0.1, 0.6),
        'system_calls': (1, 5),
        'upstream_requests': (0, 0.02),
    },
}

# With 1,000 times as many watches, a step down a balanced tree is taken 10
# times more: 7 levels become 17. The rest of an operation stays the same.
MAX_GROWTH = 3
GROWING = [f'Watches/{name}' for name in (
    'poll', 'subscribe_and_unsubscribe', 'apply_unchanged', 'apply_change')]
SMALL, LARGE = 100, 100000

# A figure below this part of the recorded one leaves its bound too loose.
OUTDATED = 0.75
# These vary too much to tell.
UNSTEADY = {'system_calls'}


def load():
  with open(FIGURES, encoding='utf-8') as file:
    return json.load(file)


def renew(part, measured):
  """Records what was measured, and keeps what could not be counted."""
  recorded = load() if os.path.exists(FIGURES) else {}
  before = recorded.get(part, {})
  recorded[part] = {
      case: before.get(case, {}) |
            {name: rounded(value) for name, value in figures.items()}
      for case, figures in measured.items()
  }
  with open(FIGURES, 'w', encoding='utf-8') as file:
    json.dump(recorded, file, indent=1)
    file.write('\n')


def rounded(value):
  """Three digits, so that a renewal shows only what has changed."""
  return float(f'{value:.3g}') if value < 1000 else int(float(f'{value:.3g}'))


def violations(part, measured, recorded):
  """What is wrong, one line each.

  A figure that no case has could not be counted on this machine.
  """
  lines = []
  counted = {name for figures in measured.values() for name in figures}
  for case in sorted(set(measured) | set(recorded)):
    for name in sorted(counted):
      figure = measured.get(case, {}).get(name)
      known = recorded.get(case, {}).get(name)
      if known is None:
        lines.append(f'{case}: {name}: no figure is recorded')
      elif figure is None:
        lines.append(f'{case}: {name}: not measured')
      elif figure > bound(part, name, known):
        lines.append(f'{case}: {name}: measured {figure:,.7g}, expected at '
                     f'most {bound(part, name, known):,.7g}')
  return lines


def bound(part, name, known):
  share, constant = HEADROOM[part][name]
  return known * (1 + share) + constant


def growth_violations(measured):
  lines = []
  for case in GROWING:
    small = measured.get(f'{case}/{SMALL}', {}).get('instructions')
    large = measured.get(f'{case}/{LARGE}', {}).get('instructions')
    if small is None or large is None:
      lines.append(f'{case}: growth: not measured')
    elif large > MAX_GROWTH * small:
      lines.append(
          f'{case}: {large:,.7g} instructions with {LARGE:,} watches, expected '
          f'at most {MAX_GROWTH} times the {small:,.7g} with {SMALL}')
  return lines


def outdated(measured, recorded):
  """The recorded figures that have become much better."""
  return [
      f'{case}: {name}: measured {figure:,.7g}, recorded {known:,.7g}'
      for case, figures in sorted(recorded.items())
      for name, known in figures.items()
      if name not in UNSTEADY and
      (figure := measured.get(case, {}).get(name)) is not None and
      figure < known * OUTDATED
  ]
