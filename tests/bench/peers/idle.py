"""Measures what open Waits cost while nothing happens."""

import contextlib
import os
import time

from figures import Figures
from wait_servers import WaitServers
from waits import Waits

REST_S = 5


class IdleRun:

  def __init__(self, case, options):
    self._case = case
    self._options = options
    self.figures = Figures()

  def run(self):
    """Returns lists of one figure per round, by peer and name."""
    servers = WaitServers(self._case, self._options)
    with contextlib.closing(servers.rounds(self._case.waits)) as rounds:
      for name, server in rounds:
        self._measure(name, servers, server.process)
    return self.figures

  def _measure(self, name, servers, server):
    log = os.path.join(servers.folder, 'waits.log')
    before, start = server.memory_kib('VmRSS'), time.time()
    with Waits(self._options.load_core, server.port, servers.request,
               self._case.waits, log) as waits:
      last = waits.await_bytes(servers.update.ByteSize() * self._case.waits)
      self.figures.add(name, 'open_s', last - start)
      self.figures.add(name, 'kib_per_wait',
                (server.memory_kib('VmRSS') - before) / self._case.waits)
      cpu, start = server.cpu_seconds(), time.time()
      time.sleep(REST_S)
      self.figures.add(name, 'rest_percent',
                (server.cpu_seconds() - cpu) / (time.time() - start) * 100)
      self.figures.add(name, 'peak_mib', server.memory_kib() / 1024)
