"""Open Waits: many streams from one process of h2load."""

import os
import subprocess
import time

import load
from processes import pinned

# Below the limit of streams of one connection.
MAX_STREAMS = 12_500
TIMEOUT_S = 180
# How long nothing arrives before all updates count as received.
QUIET_S = 1


class Waits:
  """`count` Waits with the same request, until they end or `stop`."""

  def __init__(self, core, port, body, count, log):
    clients = max(load.CONNECTIONS, -(-count // MAX_STREAMS))
    self.count = count
    self._log = log
    if os.path.exists(log):
      os.remove(log)
    self._process = subprocess.Popen(
        pinned(core, load.h2load(port, 'Wait', body, [
            f'--clients={clients}', f'--requests={count}',
            f'--max-concurrent-streams={-(-count // clients)}',
            f'--log-file={log}'])), stdout=subprocess.DEVNULL)

  def received(self):
    """How many bytes have arrived."""
    with open(f'/proc/{self._process.pid}/io', encoding='utf-8') as io:
      return int(io.readline().split()[1])

  def await_bytes(self, at_least):
    """Waits until that many have arrived, and then no more.

    Returns the time of the last ones.
    """
    before, last = self.received(), time.time()
    end = last + TIMEOUT_S
    while True:
      time.sleep(0.002)
      now, bytes_now = time.time(), self.received()
      if bytes_now != before:
        before, last = bytes_now, now
      if before >= at_least and now - last >= QUIET_S:
        return last
      if now > end or self._process.poll() is not None:
        raise RuntimeError(f'{self.count} waits: expected {at_least} bytes, '
                           f'got {before}; {self._lost()} waits have ended')

  def _lost(self):
    with open(self._log, encoding='utf-8') as lines:
      return sum(1 for _ in lines)

  def await_end(self):
    """Returns the time at which the last Wait has ended."""
    self._process.wait(TIMEOUT_S)
    ends = []
    with open(self._log, encoding='utf-8') as lines:
      for line in lines:
        start, status, duration = line.split('\t')[:3]
        if status == '200':
          ends.append((int(start) + int(duration)) / 1e6)
    if len(ends) != self.count:
      raise RuntimeError(f'{self.count} waits: only {len(ends)} have ended')
    return max(ends)

  def stop(self):
    self._process.kill()
    self._process.wait()

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self.stop()
