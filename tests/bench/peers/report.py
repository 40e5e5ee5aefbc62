"""Results of the benchmark: medians, spread and ratios."""

import datetime
import json
import os
import statistics
import subprocess

# Figures with ratios to those of other peers in the same round.
COMPARED = ('cpu_us', 'calls_per_s', 'p50_ms', 'p99_ms', 'peak_mib', 'last_ms',
            'end_cpu_us', 'end_last_ms', 'kib_per_wait', 'syscalls_all')


def result_of(case, figures, options):
  """The figures of a case. It has the circumstances of its own measurement,
  because cases may be measured again alone."""
  now = datetime.datetime.now(datetime.timezone.utc)
  return {
      'name': case.name, 'title': case.title,
      'time': now.isoformat(timespec='seconds'), 'commit': commit(),
      'rounds': options.rounds, 'seconds': options.seconds,
      'processor': processor(), 'load_average': os.getloadavg()[1],
      'peers': summary_of(figures),
  }


def summary_of(figures):
  """Adds the sum of both bare parts, and the ratios of each round."""
  if 'bare_http' in figures:
    grpc, http = figures['bare_grpc'], figures['bare_http']
    figures['bare'] = {
        figure: [a + b for a, b in zip(grpc[figure], http[figure])]
        for figure in ('cpu_us', 'syscalls_all') if figure in http}
  bases = {'bare': 'bare' if 'bare' in figures else 'bare_grpc', 'go': 'go'}
  for name, of_peer in figures.items():
    ratios = {}
    for base_name, base in bases.items():
      if base not in figures or base == name:
        continue
      for figure in COMPARED:
        if figure in of_peer and figure in figures[base]:
          ratios[f'{figure}_over_{base_name}'] = [
              a / b for a, b in zip(of_peer[figure], figures[base][figure])]
    of_peer.update(ratios)
  return {name: {key: spread(values) for key, values in of_peer.items()}
          for name, of_peer in figures.items()}


def spread(values):
  return {'median': statistics.median(values), 'min': min(values),
          'max': max(values)}


def commit():
  described = subprocess.run(['git', 'describe', '--always', '--dirty'],
                             capture_output=True, text=True, check=False)
  return described.stdout.strip() or 'unknown'


def processor():
  with open('/proc/cpuinfo', encoding='utf-8') as cpuinfo:
    models = [line.partition(':')[2].strip() for line in cpuinfo
              if line.startswith('model name')]
  return f'{len(models)} cores, {models[0]}' if models else 'unknown'


def write(options, results):
  with open(options.json, 'w', encoding='utf-8') as file:
    json.dump({'benchmark': 'peers', 'cases': results}, file, indent=1)
