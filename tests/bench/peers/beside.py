"""Measures how much a large response in progress delays other calls."""

import os
import statistics
import subprocess

import documents
import load
import peers
import upstream
from figures import Figures
from processes import pinned
from wriftai.predictions.v1 import predictions_pb2 as v1

SMALL, LARGE = 1, 2
# Until it is killed.
MANY = 1_000_000


class BesideRun:
  """Gets of a small prediction: alone, then beside Gets of a large one."""

  def __init__(self, case, options):
    self._case = case
    self._options = options
    self._folder = f'build/bench/{case.name}'
    os.makedirs(self._folder, exist_ok=True)
    self._documents = [documents.prediction(600, number=SMALL),
                       documents.prediction(case.large_bytes, number=LARGE)]
    self._requests = []
    for document in self._documents:
      path = os.path.join(self._folder, 'request-' + document['id'])
      with open(path, 'wb') as file:
        file.write(documents.frame(v1.GetRequest(
            id=document['id'], payload_format=v1.PAYLOAD_FORMAT_JSON)))
      self._requests.append(path)
    self.figures = Figures()

  def run(self):
    """Returns lists of one figure per round, by peer and name."""
    wanted = [peer for peer in self._case.peers
              if not self._options.peers or peer in self._options.peers]
    nginx = upstream.start_nginx(self._folder, self._options.load_core, 'Get',
                                 *self._documents)
    servers = {}
    try:
      for name in wanted:
        servers[name] = peers.start(name, self._options.server_core,
                                    self._folder, nginx.api, '')
        self._check(name, servers[name])
      for _ in range(self._options.rounds):
        for name, server in servers.items():
          self._measure(name, server)
      for name, server in servers.items():
        self.figures.add(name, 'peak_mib', server.memory_kib() / 1024)
    finally:
      for server in servers.values():
        server.stop()
      nginx.stop()
    return self.figures

  def _check(self, name, server):
    """The large response must arrive; errors have no body."""
    result = load.calls_in(load.run(self._options.load_core,
                                    self._large(server, 1)))
    if result.data_bytes < 0.99 * self._case.large_bytes:
      raise RuntimeError(f'{name}: the large response has only '
                         f'{result.data_bytes} bytes')

  def _large(self, server, calls):
    return load.h2load(server.port, 'Get', self._requests[1], [
        '--clients=1', '--max-concurrent-streams=1', f'--requests={calls}'])

  def _measure(self, name, server):
    alone = self._p99_ms(server)
    with subprocess.Popen(
        pinned(self._options.load_core, self._large(server, MANY)),
        stdout=subprocess.DEVNULL) as large:
      try:
        beside = self._p99_ms(server)
      finally:
        large.kill()
    self.figures.add(name, 'p99_ms', alone)
    self.figures.add(name, 'beside_p99_ms', beside)
    self.figures.add(name, 'growth_ms', beside - alone)

  def _p99_ms(self, server):
    latencies = load.pace(self._options.load_core, server.port, 'Get',
                          self._requests[0], self._options.seconds,
                          self._case.rate, self._folder)
    return statistics.quantiles(latencies, n=100)[98] * 1e3
