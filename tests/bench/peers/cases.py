"""What is measured."""

import dataclasses

import documents
from wriftai.predictions.v1 import predictions_pb2 as v1

JSON = v1.PAYLOAD_FORMAT_JSON
VALUE = v1.PAYLOAD_FORMAT_VALUE
GATEWAYS = ('go', 'node', 'python', 'ours')
PEERS = ('bare', 'relay') + GATEWAYS


@dataclasses.dataclass
class CallCase:
  """One method, called again and again with the same request."""
  name: str
  title: str
  method: str
  request: object
  # What the upstream sends, and what a gateway makes of it.
  document: dict
  response: object
  peers: tuple = ('bare',) + GATEWAYS
  # The response comes without an upstream request.
  cached: bool = False
  # The body of the upstream request, if it is a POST.
  post: str = None
  # The upstream is wriftai-sandbox, which sends webhooks, in place of nginx.
  webhooks: bool = False

  @property
  def upstream_path(self):
    if self.method == 'Get':
      return '/predictions/' + self.request.id
    return '/predictions'


def create_and_wait():
  """A prediction that ends 10 ms after its creation."""
  document = documents.prediction(600, 'pending')
  document['input']['sandbox'] = {'pending_s': 0.005, 'run_s': 0.005}
  create_request = v1.CreateRequest(
      model='wriftai/echo', payload_format=JSON,
      input_json=documents.compact(document['input']))
  post = {'model': create_request.model, 'input': document['input']}
  return CallCase(
      'create-and-wait', 'CreateAndWait with webhooks, 600 B',
      'CreateAndWait', v1.CreateAndWaitRequest(
          create=create_request,
          wait_options=v1.WaitOptions(only_changes=True)),
      document, v1.PredictionUpdate(
          prediction=documents.message_of(document, JSON)),
      peers=('bare', 'go', 'ours'), post=documents.compact(post),
      webhooks=True)


@dataclasses.dataclass
class FanOutCase:
  """One change of a prediction, to all who wait for it."""
  name: str
  title: str
  waits: int


@dataclasses.dataclass
class IdleCase:
  """Waits for one prediction that does not change."""
  name: str
  title: str
  waits: int


@dataclasses.dataclass
class BesideCase:
  """Small Gets at a fixed rate, while a large one is in progress."""
  name: str
  title: str
  rate: float
  large_bytes: int
  peers: tuple = GATEWAYS


def idle(waits):
  return lambda name: IdleCase(name, f'{waits:,} idle Waits', waits)


def get(name, title, size, payload_format, status='started', **more):
  document = documents.prediction(size, status)
  return CallCase(
      name, title, 'Get',
      v1.GetRequest(id=document['id'], payload_format=payload_format),
      document, documents.message_of(document, payload_format), **more)


def list_50():
  page = documents.page(50)
  return CallCase('list-50', 'List of 50', 'List',
                   v1.ListRequest(page_size=50), page, documents.list_of(page))


def create():
  document = documents.prediction(600, 'pending')
  request = v1.CreateRequest(
      model='deepseek-ai/deepseek-r1:1', payload_format=JSON,
      input_json=documents.compact(document['input']))
  post = {'model': request.model, 'input': document['input']}
  return CallCase('create', 'Create, 600 B', 'Create', request, document,
                   documents.message_of(document, JSON),
                   post=documents.compact(post))


CASES = {
    'get-600':
        lambda name: get(name, 'Get, 600 B, JSON', 600, JSON, peers=PEERS),
    'get-20k':
        lambda name: get(name, 'Get, 20 kB, JSON', 20_000, JSON, peers=PEERS),
    'get-2m':
        lambda name: get(name, 'Get, 2 MB, JSON', 2_000_000, JSON, peers=PEERS),
    'get-600-value': lambda name: get(name, 'Get, 600 B, Value', 600, VALUE),
    'get-20k-value':
        lambda name: get(name, 'Get, 20 kB, Value', 20_000, VALUE),
    'get-2m-value':
        lambda name: get(name, 'Get, 2 MB, Value', 2_000_000, VALUE),
    'get-600-cached':
        lambda name: get(name, 'Get, 600 B, JSON, ended and cached', 600, JSON,
                         'succeeded', peers=('bare', 'ours'), cached=True),
    'list-50': lambda name: list_50(),
    'create': lambda name: create(),
    'create-and-wait': lambda name: create_and_wait(),
    'get-beside-50m':
        lambda name: BesideCase(name, 'Gets of 600 B beside one of 50 MB',
                                rate=200, large_bytes=50_000_000),
    'fan-out':
        lambda name: FanOutCase(name, 'One update to 10,000 waiters', 10_000),
    'idle-1k': idle(1_000),
    'idle-10k': idle(10_000),
    'idle-50k': idle(50_000),
    'idle-100k': idle(100_000),
}


def names():
  return list(CASES)


def find(name):
  return CASES[name](name) if name in CASES else None
