"""Counts the system calls of a process with perf.

Without the privilege to trace, there are no counts.
"""

import os
import re
import subprocess
import time

NAMES = ('futex', 'epoll_wait', 'epoll_pwait', 'epoll_ctl', 'poll', 'read',
         'write', 'readv', 'writev', 'recvfrom', 'recvmsg', 'sendto', 'sendmsg')
# perf does not tell when it has begun.
START_S = 0.5


def perf(log):
  """The command up to what is to be counted."""
  if os.path.exists(log):
    os.remove(log)
  events = ['raw_syscalls:sys_enter'] + [
      f'syscalls:sys_enter_{name}' for name in NAMES
  ]
  return ['perf', 'stat', '-x', ';', '-o', log, '-e', ','.join(events)]


def counts_in(log):
  """Counts by name; `all` is the total."""
  counts = {}
  if not os.path.exists(log):
    return counts
  with open(log, encoding='utf-8') as lines:
    for line in lines:
      found = re.match(r'(\d+);.*?;(?:raw_syscalls|syscalls):sys_enter(\w*);',
                       line)
      if found:
        counts[found.group(2).lstrip('_') or 'all'] = int(found.group(1))
  return counts


class Counter:
  """Counts from its construction until `stop`."""

  def __init__(self, pid, log):
    self._log = log
    self._process = subprocess.Popen(perf(log) + ['-p', str(pid)],
                                     stderr=subprocess.DEVNULL)
    time.sleep(START_S)

  def stop(self):
    if self._process.poll() is None:
      self._process.send_signal(2)
    self._process.wait(30)
    return counts_in(self._log)
