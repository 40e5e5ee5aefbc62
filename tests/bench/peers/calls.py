"""Measures one method of all peers, in rounds."""

import os

import checks
import documents
import load
import peers
import syscalls
import upstream
from figures import Figures

# For compilers at run time, and for allocators.
WARM_UP_S = 3
COUNT_S = 1
# All streams once.
MIN_CALLS = load.CONNECTIONS * load.STREAMS


class CallRun:
  """One case: its upstream, its servers, and what was measured of each."""

  def __init__(self, case, options):
    self._case = case
    self._options = options
    self._folder = f'build/bench/{case.name}'
    os.makedirs(self._folder, exist_ok=True)
    self._body = os.path.join(self._folder, 'request')
    self._response = os.path.join(self._folder, 'response')
    self._perf_log = os.path.join(self._folder, 'perf.log')
    self._post = None
    if case.post is not None:
      self._post = os.path.join(self._folder, 'post')
      with open(self._post, 'w', encoding='utf-8') as file:
        file.write(case.post)
    with open(self._body, 'wb') as file:
      file.write(documents.frame(case.request))
    with open(self._response, 'wb') as file:
      file.write(case.response.SerializeToString())
    self._servers = {}
    self._sizes = {}
    # Calls per second, about.
    self._rates = {}
    self.peers = [peer for peer in case.peers
                  if not options.peers or peer in options.peers]
    self.figures = Figures()

  def run(self):
    """Returns lists of one figure per round, by peer and name."""
    source = self._start_upstream()
    self._api = source.api
    try:
      self._start()
      for _ in range(self._options.rounds):
        for name in self._servers:
          self._saturate(name)
        if self._has_fetches():
          self._fetch()
      for _ in range(self._options.rounds):
        for name in self._servers:
          self._pace(name)
      for name, server in self._servers.items():
        self.figures.add(name, 'peak_mib', server.memory_kib() / 1024)
        self._count(name, server)
      if self._has_fetches():
        self._count_fetches()
    finally:
      for server in self._servers.values():
        server.stop()
      source.stop()
    return self.figures

  def _has_fetches(self):
    return 'bare' in self.peers and not self._case.cached

  def _start_upstream(self):
    core = self._options.load_core
    if self._case.webhooks:
      return upstream.start_sandbox(self._folder, core)
    return upstream.start_nginx(self._folder, core, self._case.method,
                                self._case.document)

  def _start(self):
    names = ['bare_grpc' if peer == 'bare' else peer for peer in self.peers]
    for name in names:
      webhooks = peers.Webhooks(self._folder) if self._case.webhooks else None
      server = peers.start(name, self._options.server_core, self._folder,
                           self._api, self._response, webhooks)
      self._servers[name] = server
      self._sizes[name] = checks.check(name, server.port, self._case)
      self._rates[name] = self._load(server, MIN_CALLS).calls_per_s
      self._rates[name] = self._load_for(name, WARM_UP_S).calls_per_s

  def _load(self, server, calls):
    return load.saturate(self._options.load_core, server.port,
                         self._case.method, self._body, calls)

  def _load_for(self, name, seconds):
    """A fixed number of calls, so that none is only partly counted."""
    calls = max(MIN_CALLS, int(self._rates[name] * seconds))
    return self._load(self._servers[name], calls)

  def _saturate(self, name):
    server = self._servers[name]
    before = server.cpu_seconds()
    result = self._load_for(name, self._options.seconds)
    cpu = server.cpu_seconds() - before
    # Errors have no body.
    if result.data_bytes < 0.99 * result.calls * self._sizes[name]:
      raise RuntimeError(f'{name}: {result.calls} responses have only '
                         f'{result.data_bytes} bytes')
    self.figures.add(name, 'cpu_us', cpu / result.calls * 1e6)
    self.figures.add(name, 'calls_per_s', result.calls_per_s)

  def _fetch_for(self, seconds, rate=0, prefix=()):
    return load.fetch(self._options.server_core,
                      self._api + self._case.upstream_path, seconds, rate,
                      self._post, prefix)

  def _fetch(self):
    result = self._fetch_for(self._options.seconds)
    calls = result['calls']
    self.figures.add('bare_http', 'cpu_us', result['cpu_s'] / calls * 1e6)
    self.figures.add('bare_http', 'calls_per_s', calls / result['seconds'])
    self.figures.add('bare_http', 'peak_mib', result['peak_kib'] / 1024)

  def _pace(self, name):
    """Latencies at half of the load, and those of fetches at that rate."""
    rates = sorted(self.figures[name]['calls_per_s'])
    rate = rates[len(rates) // 2] / 2
    latencies = sorted(load.pace(
        self._options.load_core, self._servers[name].port, self._case.method,
        self._body, self._options.seconds, rate, self._folder))
    p99 = latencies[int(0.99 * (len(latencies) - 1))] * 1e3
    self.figures.add(name, 'p50_ms', latencies[len(latencies) // 2] * 1e3)
    self.figures.add(name, 'p99_ms', p99)
    if name != 'bare_grpc' and not self._case.cached:
      fetch = self._fetch_for(self._options.seconds, rate)
      self.figures.add(name, 'fetch_p99_ms', fetch['p99_ms'])
      self.figures.add(name, 'added_p99_ms', p99 - fetch['p99_ms'])

  def _count(self, name, server):
    counter = syscalls.Counter(server.pid, self._perf_log)
    calls = self._load_for(name, COUNT_S).calls
    self._add_counts(name, counter.stop(), calls)

  def _count_fetches(self):
    calls = self._fetch_for(COUNT_S, 0, syscalls.perf(self._perf_log))['calls']
    self._add_counts('bare_http', syscalls.counts_in(self._perf_log), calls)

  def _add_counts(self, name, counts, calls):
    for call, count in counts.items():
      if count:
        self.figures.add(name, f'syscalls_{call}', count / calls)
