"""Load on a gRPC port from h2load, and fetches by bare_http."""

import dataclasses
import json
import os
import random
import re
import subprocess

from processes import pinned

CONNECTIONS = 4
STREAMS = 16
HEADERS = ('content-type: application/grpc', 'te: trailers',
           'authorization: Bearer token')
# Longer than any measurement takes, even of a slow server on a busy machine.
TIMEOUT_S = 300


@dataclasses.dataclass
class Load:
  calls: int
  calls_per_s: float
  data_bytes: int


def h2load(port, method, body, more):
  command = ['h2load', *more, '--data', body]
  for header in HEADERS:
    command += ['-H', header]
  return command + [f'http://127.0.0.1:{port}{path_of(method)}']


def path_of(method):
  return f'/wriftai.predictions.v1.Predictions/{method}'


def saturate(core, port, method, body, calls):
  """`calls` calls, as fast as the server can take them."""
  command = h2load(port, method, body, [
      f'--clients={CONNECTIONS}', f'--max-concurrent-streams={STREAMS}',
      f'--requests={calls}'])
  result = calls_in(run(core, command))
  if result.calls != calls:
    raise RuntimeError(f'h2load: {result.calls} of {calls} calls succeeded')
  return result


def calls_in(output):
  """What h2load has counted."""
  requests = re.search(r'(\d+) succeeded', output)
  rate = re.search(r'finished in .*?, ([\d.]+) req/s', output)
  data = re.search(r'headers \(space.*?\((\d+)\) data', output)
  if not requests or not rate or not data:
    raise RuntimeError(f'h2load: cannot read: {output}')
  return Load(int(requests.group(1)), float(rate.group(1)), int(data.group(1)))


def pace(core, port, method, body, seconds, rate, folder):
  """Calls that start at random times. Returns their latencies in seconds.

  Each connection is a process of h2load, so that their times are independent.
  h2load rounds these to milliseconds.
  """
  running = []
  for index in range(CONNECTIONS):
    name = os.path.join(folder, f'paced-{index}')
    count = write_times(name + '.times', method, port, seconds,
                        rate / CONNECTIONS, index)
    command = ['h2load', '--clients=1', '--max-concurrent-streams=100',
               f'--requests={count}', f'--timing-script-file={name}.times',
               f'--log-file={name}.log', '--data', body]
    for header in HEADERS:
      command += ['-H', header]
    if os.path.exists(name + '.log'):
      os.remove(name + '.log')
    running.append((name + '.log', subprocess.Popen(
        pinned(core, command), stdout=subprocess.DEVNULL)))
  try:
    for _, process in running:
      process.wait(TIMEOUT_S)
  finally:
    for _, process in running:
      process.kill()
      process.wait()
  return [latency for log, _ in running for latency in read_latencies(log)]


def read_latencies(log):
  with open(log, encoding='utf-8') as lines:
    for line in lines:
      _, status, microseconds = line.split('\t')[:3]
      if status != '200':
        raise RuntimeError(f'h2load: a call has failed: {line}')
      yield int(microseconds) / 1e6


def write_times(path, method, port, seconds, rate, seed):
  url = f'http://127.0.0.1:{port}{path_of(method)}'
  generator = random.Random(seed)
  count = 0
  time = generator.expovariate(rate)
  with open(path, 'w', encoding='utf-8') as times:
    while time < seconds or count == 0:
      times.write(f'{time * 1e3:.3f}\t{url}\n')
      count += 1
      time += generator.expovariate(rate)
  return count


def fetch(core, url, seconds, rate=0, body=None, prefix=()):
  """bare_http's figures. `body`: the file to POST, if any."""
  command = [*prefix, 'build/release/bin/bare_http', url,
             str(CONNECTIONS * STREAMS), str(seconds), str(rate)]
  if body:
    command.append(body)
  return json.loads(run(core, command))


def run(core, command):
  ended = subprocess.run(pinned(core, command), stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True,
                         timeout=TIMEOUT_S, check=False)
  if ended.returncode != 0:
    raise RuntimeError(f'{" ".join(command)}: exit status {ended.returncode}: '
                       f'{ended.stdout[-1000:]}')
  return ended.stdout
