"""A shell that runs one block after the other, as a reader would."""

import os
import re
import select
import signal
import subprocess
import time

# A block that takes longer than this hangs.
BLOCK_SECONDS = 600

# What a program in the background says when it can be called.
_LISTENS = re.compile(r'gRPC listens on|^listening on ', re.M)

# The gateway's log, which a terminal shows between the lines of others, or
# within one that is printed in parts.
_LOG_LINE = re.compile(r'\d{4}-\d\d-\d\dT[\d:.]+Z '
                       r'(?:trace|debug|info|warning|error|critical) .*\n')


class Failed(Exception):
  """A block did not do what the document says."""


class Session:
  """Owns the shell and all that it starts; close() ends them."""

  def __init__(self, folder):
    unwanted = re.compile(r'(WRIFTAI|GATEWAY|SANDBOX|WRIFTCTL)_|.*_proxy$',
                          re.I)
    environment = {name: value for name, value in os.environ.items()
                   if not unwanted.match(name)}
    self._shell = subprocess.Popen(
        ['bash', '--noprofile', '--norc'], cwd=folder, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    self._seen = ''
    self._write('set -o pipefail; trap "status=\\$?" ERR\n')

  def run(self, text):
    """Returns what the block prints, and the status of what failed last in it.

    After a block that leaves a program in the background, waits until that
    listens, as the reader of its message does.
    """
    mark = f'\x1e{os.urandom(8).hex()}'
    self._write(f'status=0\n{text}\nprintf "%s %s\\n" "{mark}" "$status"\n')
    ended = re.compile(rf'{mark} (\d+)\n')
    found = self._read_until(ended)
    printed = self._seen[:found.start()]
    self._seen = self._seen[found.end():]
    if text.rstrip().endswith('&') and not _LISTENS.search(printed):
      late = self._read_until(re.compile(rf'(?m)^.*(?:{_LISTENS.pattern}).*\n'))
      printed += self._seen[:late.end()]
      self._seen = self._seen[late.end():]
    return _LOG_LINE.sub('', printed), int(found[1])

  def close(self):
    os.killpg(self._shell.pid, signal.SIGKILL)
    self._shell.wait()

  def _write(self, text):
    self._shell.stdin.write(text.encode())
    self._shell.stdin.flush()

  def _read_until(self, pattern):
    end = time.monotonic() + BLOCK_SECONDS
    while not (found := pattern.search(self._seen)):
      pipe = self._shell.stdout
      if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
        raise Failed(f'takes longer than {BLOCK_SECONDS} s:\n{self._seen}')
      some = os.read(pipe.fileno(), 65536)
      if not some:
        raise Failed(f'ends the shell:\n{self._seen}')
      self._seen += some.decode(errors='replace')
    return found
