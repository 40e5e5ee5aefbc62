"""A shell that runs the blocks of a document in turn."""

import os
import re
import select
import signal
import subprocess
import time

# Timeout of a block.
BLOCK_SECONDS = 600

# Printed by a background program when it accepts calls.
_LISTENS = re.compile(r'gRPC listens on|^listening on ', re.M)

# The gateway's log, which appears between other lines, or within a line that is
# printed in parts.
_LOG_LINE = re.compile(r'\d{4}-\d\d-\d\dT[\d:.]+Z '
                       r'(?:trace|debug|info|warning|error|critical) .*\n')

# Settings of the programs, which a reader may not have.
_SETTINGS = re.compile(r'(WRIFTAI|GATEWAY|SANDBOX|WRIFTCTL|OTEL)_')
_PROXIES = re.compile(r'.*_proxy$', re.I)


def clean_environment():
  """Returns the environment without settings of the programs."""
  return {name: value for name, value in os.environ.items()
          if not _SETTINGS.match(name)}


class BlockError(Exception):
  """A block did not run as documented."""


class Session:
  """Owns the shell and its child processes; close() kills them."""

  def __init__(self, folder):
    environment = {name: value for name, value in clean_environment().items()
                   if not _PROXIES.match(name)}
    self._shell = subprocess.Popen(
        ['bash', '--noprofile', '--norc'], cwd=folder, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    self._output = ''
    self._write('set -o pipefail; trap "status=\\$?" ERR\n')

  def run(self, text):
    """Returns the block's output, and the status of its last failed command.

    After a block that starts a background program, waits until the program
    reports that it listens.
    """
    mark = f'\x1e{os.urandom(8).hex()}'
    self._write(f'status=0\n{text}\nprintf "%s %s\\n" "{mark}" "$status"\n')
    ended = re.compile(rf'{mark} (\d+)\n')
    found = self._read_until(ended)
    printed = self._output[:found.start()]
    self._output = self._output[found.end():]
    if text.rstrip().endswith('&') and not _LISTENS.search(printed):
      late = self._read_until(re.compile(rf'(?m)^.*(?:{_LISTENS.pattern}).*\n'))
      printed += self._output[:late.end()]
      self._output = self._output[late.end():]
    return _LOG_LINE.sub('', printed), int(found[1])

  def close(self):
    os.killpg(self._shell.pid, signal.SIGKILL)
    self._shell.wait()

  def _write(self, text):
    self._shell.stdin.write(text.encode())
    self._shell.stdin.flush()

  def _read_until(self, pattern):
    end = time.monotonic() + BLOCK_SECONDS
    while not (found := pattern.search(self._output)):
      pipe = self._shell.stdout
      if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
        raise BlockError(f'timed out after {BLOCK_SECONDS} s:\n{self._output}')
      data = os.read(pipe.fileno(), 65536)
      if not data:
        raise BlockError(f'the shell exited:\n{self._output}')
      self._output += data.decode(errors='replace')
    return found
