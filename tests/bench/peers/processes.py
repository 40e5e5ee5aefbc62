"""Servers as processes, each pinned to a core."""

import os
import re
import subprocess
import time

CLOCK_TICKS = os.sysconf('SC_CLK_TCK')
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 5


def pinned(core, command):
  """The command on one core; it ends when the benchmark does."""
  return ['setpriv', '--pdeathsig', 'KILL', 'taskset', '--cpu-list', str(core),
          *command]


class Server:
  """A process that prints `ready` once it listens.

  `ready`: a regular expression whose group is the port, searched in the output,
  which goes to the file `log`.
  """

  def __init__(self, command, core, log, ready):
    self._log = log
    with open(log, 'wb') as output:
      self._process = subprocess.Popen(
          pinned(core, command), stdin=subprocess.PIPE, stdout=output,
          stderr=subprocess.STDOUT)
    self.pid = self._process.pid
    try:
      self.port = int(self._await(re.compile(ready)))
    except BaseException:
      self.stop()
      raise

  def _await(self, ready):
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and self._process.poll() is None:
      with open(self._log, encoding='utf-8', errors='replace') as output:
        found = ready.search(output.read())
      if found:
        return found.group(1)
      time.sleep(0.02)
    with open(self._log, encoding='utf-8', errors='replace') as output:
      raise RuntimeError(f'{self._log}: not ready: {output.read()[-2000:]}')

  def send(self, line):
    self._process.stdin.write(line.encode() + b'\n')
    self._process.stdin.flush()

  def cpu_seconds(self):
    """User and system time of all threads, in steps of 10 ms."""
    with open(f'/proc/{self.pid}/stat', encoding='utf-8') as stat:
      # Counted after the name, which may contain spaces.
      fields = stat.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

  def memory_kib(self, name='VmHWM'):
    with open(f'/proc/{self.pid}/status', encoding='utf-8') as status:
      for line in status:
        if line.startswith(name + ':'):
          return int(line.split()[1])
    raise RuntimeError(f'process {self.pid} has no {name}')

  def stop(self):
    self._process.terminate()
    try:
      self._process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
      self._process.kill()
      self._process.wait()
    self._process.stdin.close()

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self.stop()
