"""Counts the system calls of a process with perf."""

import os
import re
import subprocess
import time

NAMES = ('futex', 'epoll_wait', 'epoll_pwait', 'epoll_ctl', 'poll', 'read',
         'write', 'readv', 'writev', 'recvfrom', 'recvmsg', 'sendto', 'sendmsg')


class Counter:
  """Counts from its construction until `stop`."""

  def __init__(self, pid, log):
    events = ['raw_syscalls:sys_enter'] + [
        f'syscalls:sys_enter_{name}' for name in NAMES
    ]
    self._log = log
    if os.path.exists(log):
      os.remove(log)
    self._process = subprocess.Popen(
        ['perf', 'stat', '-x', ';', '-o', log, '-e', ','.join(events), '-p',
         str(pid)])
    # perf does not tell when it has begun.
    time.sleep(0.5)

  def stop(self):
    """Returns the counts by name; `all` is the total."""
    self._process.send_signal(2)
    self._process.wait(30)
    counts = {}
    with open(self._log, encoding='utf-8') as lines:
      for line in lines:
        found = re.match(r'(\d+);.*?;(?:raw_syscalls|syscalls):sys_enter(\w*);',
                         line)
        if found:
          counts[found.group(2).lstrip('_') or 'all'] = int(found.group(1))
    return counts
