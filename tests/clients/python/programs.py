"""The release programs as child processes, on ports that the system chooses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import urllib.request
from typing import Any, Dict, List

# How long a program may take to become ready or to exit: only bounds a hang.
_TIMEOUT = 30


class Program:
  """A child process. stop() or kill() it; its output is a file."""

  def __init__(self, path: str, arguments: List[str], ready: str,
               env: Dict[str, str]) -> None:
    """Returns when the output matches `ready`, whose group becomes `ready`."""
    kept = {name: value for name, value in os.environ.items()
            if not re.match('(WRIFTAI|GATEWAY|SANDBOX|WRIFTCTL)_', name)}
    self._process = subprocess.Popen(
        [path, *arguments], env={**kept, **env}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    self.output = ''
    self._matched = threading.Event()
    self._pattern = re.compile(ready, re.M)
    self._reader = threading.Thread(target=self._read, daemon=True)
    self._reader.start()
    if not self._matched.wait(_TIMEOUT):
      self.kill()
      raise AssertionError(f'{path} did not print {ready}: {self.output}')
    match = self._pattern.search(self.output)
    if match is None:
      raise AssertionError(f'{path} exited: {self.output}')
    self.ready = match[1]

  def stop(self) -> None:
    """Expects a clean exit after SIGTERM."""
    self._process.send_signal(signal.SIGTERM)
    status = self._process.wait(_TIMEOUT)
    self._close()
    if status != 0:
      raise AssertionError(f'exit status {status}: {self.output}')

  def kill(self) -> None:
    if self._process.poll() is None:
      self._process.kill()
      self._process.wait(_TIMEOUT)
    self._close()

  def _close(self) -> None:
    self._reader.join(_TIMEOUT)
    assert self._process.stdout is not None
    self._process.stdout.close()

  def _read(self) -> None:
    assert self._process.stdout is not None
    for line in self._process.stdout:
      self.output += line
      if self._pattern.search(line):
        self._matched.set()
    self._matched.set()


class Sandbox(Program):
  """A wriftai-sandbox without limits, whose models take no time."""

  def __init__(self, *flags: str) -> None:
    super().__init__(
        os.environ['WRIFTAI_SANDBOX'],
        ['--listen_address=127.0.0.1:0', '--read_rate=100000',
         '--create_rate=100000', '--time_scale=0', '--cancel_delay=0',
         '--recent_requests=5000', *flags], r'^listening on (\S+)$', {})
    self.base_url = self.ready

  def add_faults(self, *faults: Dict[str, Any]) -> None:
    self._control('faults', json.dumps(faults).encode())

  def stats(self) -> Any:
    return self._control('stats')

  def creates(self) -> List[Any]:
    """The recorded requests that create, oldest first, headers as a dict."""
    return [{**one, 'headers': dict(one['headers'])}
            for one in self.stats()['recent']
            if (one['method'], one['target']) == ('POST', '/v1/predictions')]

  def creates_with(self, marker: str) -> List[Any]:
    return [one for one in self.creates() if marker in one['body']]

  def _control(self, path: str, data: Any = None) -> Any:
    url = self.base_url.replace('/v1', f'/sandbox/{path}')
    with urllib.request.urlopen(url, data, _TIMEOUT) as response:
      return json.load(response)


class Gateway(Program):
  """A wriftai-gateway with a token of its own and rates that no test reaches."""

  def __init__(self, base_url: str, *flags: str) -> None:
    super().__init__(
        os.environ['WRIFTAI_GATEWAY'],
        ['--listen_address=127.0.0.1:0', '--http_address=',
         '--read_rate=10000', '--create_rate=10000', *flags],
        r'gRPC listens on (\S+?)(?:"})?$',
        {'WRIFTAI_API_BASE_URL': base_url,
         'WRIFTAI_ACCESS_TOKEN': 'gateway-token'})
    self.address = self.ready


def temporary_folder(test: Any) -> str:
  folder = tempfile.TemporaryDirectory()
  test.addCleanup(folder.cleanup)
  return folder.name
