"""Measures how one change of a prediction reaches all of its waiters."""

import contextlib
import os
import time

from figures import Figures
from wait_servers import WaitServers
from waits import Waits

# After the first, which allocates memory.
UPDATES = 4


class FanOutRun:
  """Each round has a new server, because the prediction ends."""

  def __init__(self, case, options):
    self._case = case
    self._options = options
    self.figures = Figures()

  def run(self):
    """Returns lists of one figure per round, by peer and name."""
    servers = WaitServers(self._case, self._options)
    with contextlib.closing(servers.rounds(self._case.waits)) as rounds:
      for name, server in rounds:
        self._measure(name, servers, server)
    return self.figures

  def _measure(self, name, servers, server):
    log = os.path.join(servers.folder, 'waits.log')
    size = servers.update.ByteSize() * self._case.waits
    with Waits(self._options.load_core, server.process.port, servers.request,
               self._case.waits, log) as waits:
      waits.await_bytes(size)
      self._update(server, waits, size)
      cpu, delays = server.process.cpu_seconds(), []
      for _ in range(UPDATES):
        delays.append(self._update(server, waits, size))
      cpu = server.process.cpu_seconds() - cpu
      self.figures.add(name, 'cpu_us', cpu / UPDATES / self._case.waits * 1e6)
      self.figures.add(name, 'last_ms', sum(delays) / UPDATES * 1e3)
      cpu, start = server.process.cpu_seconds(), time.time()
      server.change(end=True)
      self.figures.add(name, 'end_last_ms', (waits.await_end() - start) * 1e3)
      cpu = server.process.cpu_seconds() - cpu
      self.figures.add(name, 'end_cpu_us', cpu / self._case.waits * 1e6)
      self.figures.add(name, 'peak_mib', server.process.memory_kib() / 1024)

  def _update(self, server, waits, size):
    """Returns the seconds until the last waiter has the update."""
    before, start = waits.received(), time.time()
    server.change()
    return waits.await_bytes(before + size) - start
