"""Figures of each round, and what they sum up to: medians, spread, ratios."""

import statistics

# Figures with ratios to those of other peers in the same round.
COMPARED = ('cpu_us', 'calls_per_s', 'p50_ms', 'p99_ms', 'peak_mib', 'last_ms',
            'end_cpu_us', 'end_last_ms', 'kib_per_wait', 'syscalls_all')


class Figures(dict):
  """Lists of one value per round, by peer and name."""

  def add(self, peer, name, value):
    self.setdefault(peer, {}).setdefault(name, []).append(value)


def summary_of(figures):
  """Adds the sum of both bare parts, and the ratios of each round."""
  if 'bare_http' in figures:
    grpc, http = figures['bare_grpc'], figures['bare_http']
    figures['bare'] = {
        figure: [a + b for a, b in zip(grpc[figure], http[figure])]
        for figure in ('cpu_us', 'syscalls_all')
        if figure in grpc and figure in http}
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
