"""Counts what calls cost the gateway, and how many requests they send."""

import collections
import concurrent.futures
import json
import mmap
import os
import re
import struct
import subprocess
import sys
import urllib.request

import grpc

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../peers'))
# pylint: disable=wrong-import-position
import parts
import upstream
from processes import Server
from wriftai.predictions.v1 import predictions_pb2 as v1

GATEWAY = 'build/release/bin/wriftai-gateway'
# The rates are higher than the calls can need, so that none waits for a permit.
FLAGS = ('--listen_address=127.0.0.1:0', '--http_address=',
         '--read_rate=100000', '--create_rate=100000')
READY = r'gRPC listens on [0-9.]+:(\d+)'
PATH = '/wriftai.predictions.v1.Predictions/'
METADATA = (('authorization', 'Bearer token'),)
# One call in ten is recorded, because its caller does.
TRACED = ('env', 'OTEL_TRACES_SAMPLER=parentbased_always_off',
          'OTEL_BSP_SCHEDULE_DELAY=100')
TRACED_PART = 10
TRACEPARENT = ('traceparent',
               '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
EXPORT = 'opentelemetry.proto.collector.trace.v1.TraceService'
WARM_UP = 8
TIMEOUT_S = 60
ALL_CORES = f'0-{os.cpu_count() - 1}'


class Instructions:
  """Runs the gateway under callgrind."""

  # It is 50 times slower there.
  CALLS = 50

  def __init__(self, folder):
    self._dump = os.path.join(folder, 'gateway.callgrind')

  def prefix(self):
    return ['valgrind', '--tool=callgrind', f'--callgrind-out-file={self._dump}']

  def begin(self, pid):
    self._control(pid, '--zero')

  def end(self, pid):
    for name in self._dumps():
      os.remove(name)
    self._control(pid, '--dump')
    return {'instructions': sum(map(parts.total_of, self._dumps()))}

  def _dumps(self):
    return [entry.path for entry in os.scandir(os.path.dirname(self._dump))
            if entry.path.startswith(self._dump + '.')]

  def _control(self, pid, request):
    parts.run(['callgrind_control', request, str(pid)], os.environ)


class SystemCalls:
  """Runs the gateway under strace."""

  # The mean hardly depends any more on what happens once a second.
  CALLS = 200
  SOCKET = {'recvfrom', 'recvmsg', 'sendmsg', 'sendto', 'connect', 'accept4'}

  def __init__(self, folder):
    self._log = os.path.join(folder, 'gateway.strace')
    self._begin = 0

  def prefix(self):
    return ['strace', '-D', '-f', '-qq', '-o', self._log]

  def begin(self, pid):
    self._begin = os.path.getsize(self._log)

  def end(self, pid):
    with open(self._log, 'rb') as log:
      log.seek(self._begin)
      lines = log.read().decode().splitlines()
    names = [found.group(1) for line in lines
             if (found := re.match(r'\d+ +(\w+)\(', line))]
    return {'system_calls': len(names),
            'socket_calls': sum(name in self.SOCKET for name in names)}


class LibcCalls:
  """Preloads libc_counts into the gateway."""

  CALLS = SystemCalls.CALLS

  NAMES = ('allocations', 'allocated_bytes', 'copied_bytes')

  def __init__(self, folder):
    self._file = os.path.join(folder, 'gateway.libc')
    self._before = ()

  def prefix(self):
    return ['env', f'LD_PRELOAD={os.path.abspath(parts.LIBC_COUNTS)}',
            f'LIBC_COUNTS={self._file}']

  def begin(self, pid):
    self._before = self._read()

  def end(self, pid):
    return {name: after - before for name, before, after in zip(
        self.NAMES, self._before, self._read())}

  def _read(self):
    with open(self._file, 'rb') as file:
      with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as counts:
        return struct.unpack('=3Q', counts[:24])


class Upstream:
  """The sandbox."""

  def __init__(self, folder):
    self._server = upstream.start_sandbox(folder, ALL_CORES)
    self.api = self._server.api

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self._server.stop()

  def running(self, text_bytes=0):
    """The id of a new prediction that runs for longer than any test."""
    return self._create(text_bytes, run_s=3600)

  def ended(self):
    return self._create(text_bytes=200, run_s=0, prefer='wait=30')

  def requests(self):
    """How many the gateway has sent."""
    return sum(second['reads'] + second['creates']
               for client in self._load('/sandbox/stats')['clients']
               if client['user_agent'].startswith('wriftai-gateway')
               for second in client['seconds'])

  def _create(self, text_bytes, run_s, prefer='wait=0'):
    body = {'model': 'wriftai/echo',
            'input': {'text': 'x' * text_bytes,
                      'sandbox': {'pending_s': 0, 'run_s': run_s}}}
    return self._load('/v1/predictions', json.dumps(body).encode(),
                      {'authorization': 'Bearer token', 'prefer': prefer,
                       'content-type': 'application/json'})['id']

  def _load(self, path, body=None, headers=()):
    request = urllib.request.Request(
        f'http://127.0.0.1:{self._server.port}{path}', body, dict(headers))
    # Through no proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_S) as response:
      return json.load(response)


class Collector:
  """A collector of traces that takes everything."""

  def __enter__(self):
    method = grpc.unary_unary_rpc_method_handler(lambda *unused: b'')
    self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
    self._server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(EXPORT, {'Export': method})])
    port = self._server.add_insecure_port('127.0.0.1:0')
    self.endpoint = f'http://127.0.0.1:{port}'
    self._server.start()
    return self

  def __exit__(self, *unused):
    self._server.stop(None)


class Calls:
  """Calls of the gateway, each of which must succeed."""

  def __init__(self, port):
    self._channel = grpc.insecure_channel(f'127.0.0.1:{port}')

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self._channel.close()

  def get(self, prediction_id, *metadata):
    return self._unary('Get', v1.GetRequest(
        id=prediction_id, payload_format=v1.PAYLOAD_FORMAT_JSON), v1.Prediction,
                       metadata)

  def list(self):
    response = self._unary('List', v1.ListRequest(page_size=50),
                           v1.ListResponse)
    if len(response.predictions) != 50:
      raise RuntimeError(f'List: {len(response.predictions)} predictions')

  def create(self):
    self._unary('Create', v1.CreateRequest(
        model='wriftai/echo',
        input_json='{"sandbox":{"pending_s":0,"run_s":3600}}'), v1.Prediction)

  def wait(self, ids):
    """Waits for all of them at the same time."""
    method = self._channel.unary_stream(
        PATH + 'Wait', v1.WaitRequest.SerializeToString,
        v1.PredictionUpdate.FromString)
    streams = [method(v1.WaitRequest(id=id), TIMEOUT_S, METADATA) for id in ids]
    for stream in streams:
      last = list(stream)[-1]
      if last.prediction.status != v1.PREDICTION_STATUS_SUCCEEDED:
        raise RuntimeError(f'Wait: {last.prediction.status_text}')

  def _unary(self, name, request, response, metadata=()):
    method = self._channel.unary_unary(
        PATH + name, type(request).SerializeToString, response.FromString)
    return method(request, TIMEOUT_S, METADATA + metadata)


def traced_cases(calls, api):
  """As cases(), for a gateway that records one call in TRACED_PART."""
  small = api.running(100)

  def get(count):
    for i in range(count):
      calls.get(small, *([] if i % TRACED_PART else [TRACEPARENT]))

  return {'Get, 600 B, 10 % traced': get}


def cases(calls, api):
  """By name: what makes the calls, given the number of calls."""
  small, large, ended = api.running(100), api.running(20000), api.ended()
  for _ in range(50):
    api.running()

  def repeat(call, *arguments):
    return lambda count: [call(*arguments) for _ in range(count)]

  def wait(count):
    for prediction in [api.ended() for _ in range(count)]:
      calls.wait([prediction])

  def wait_together(count):
    calls.wait([api.ended()] * count)

  return {
      'Get, 600 B': repeat(calls.get, small),
      'Get, 20 kB': repeat(calls.get, large),
      'Get, ended and cached': repeat(calls.get, ended),
      'List of 50': repeat(calls.list),
      'Create': repeat(calls.create),
      'Wait': wait,
      'Wait together': wait_together,
  }


def measure(folder, count_cases):
  """Figures by case, each for one call.

  `count_cases` runs the cases, given the folder and a counter.
  """
  counters = [LibcCalls(folder)]
  if may_trace():
    counters += [Instructions(folder), SystemCalls(folder)]
  else:
    print('SKIPPED: instructions and system calls of the gateway: this process '
          'may not trace its children')
  figures = collections.defaultdict(dict)
  for counter in counters:
    for name, counts in count_cases(folder, counter).items():
      figures[name].update(counts)
  return figures


def may_trace():
  """Whether strace works, and callgrind_control, which wakes the program."""
  return subprocess.run(['strace', '-o', '/dev/null', 'true'],
                        stderr=subprocess.DEVNULL, check=False).returncode == 0


def count(folder, counter):
  figures = run_cases(folder, counter, [], cases)
  with Collector() as collector:
    variables = [*TRACED, f'OTEL_EXPORTER_OTLP_ENDPOINT={collector.endpoint}']
    figures.update(run_cases(folder, counter, variables, traced_cases))
  return figures


def run_cases(folder, counter, variables, make_cases):
  figures = {}
  with Upstream(folder) as api, Server(
      variables + counter.prefix() +
      [GATEWAY, *FLAGS, f'--api_base_url={api.api}'],
      ALL_CORES, os.path.join(folder, 'gateway.log'), READY) as gateway:
    with Calls(gateway.port) as calls:
      for name, run in make_cases(calls, api).items():
        figures[name] = count_calls(counter, gateway.pid, api, run)
  return figures


def count_calls(counter, pid, api, run):
  """The counts of one call. `run` makes calls, given their number."""
  run(WARM_UP)
  requests = api.requests()
  counter.begin(pid)
  run(counter.CALLS)
  counts = counter.end(pid)
  counts['upstream_requests'] = api.requests() - requests
  return {kind: count / counter.CALLS for kind, count in counts.items()}
