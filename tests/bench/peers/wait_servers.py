"""The servers whose Waits are compared: bare gRPC, and the gateway.

A plain gateway polls for each waiter, so it has no fan-out and no idle Wait.
"""

import copy
import os

import documents
import peers
import upstream
from wriftai.predictions.v1 import predictions_pb2 as v1

PEERS = {'bare': 'bare_grpc', 'ours': 'ours'}
SIZE = 600


class WaitServers:
  """The prediction, its upstream, and the files that the servers need."""

  def __init__(self, case, options):
    self._options = options
    self.folder = f'build/bench/{case.name}'
    os.makedirs(self.folder, exist_ok=True)
    self.document = documents.prediction(SIZE, 'pending')
    self.update = v1.PredictionUpdate(
        prediction=documents.message_of(self.document, v1.PAYLOAD_FORMAT_JSON))
    self.request = os.path.join(self.folder, 'request')
    with open(self.request, 'wb') as file:
      file.write(documents.frame(v1.WaitRequest(
          id=self.document['id'], payload_format=v1.PAYLOAD_FORMAT_JSON,
          wait_options=v1.WaitOptions(only_changes=True))))
    self._response = os.path.join(self.folder, 'response')
    with open(self._response, 'wb') as file:
      file.write(self.update.SerializeToString())
    self._nginx = upstream.start_nginx(
        self.folder, options.load_core, 'Get', self.document)

  def peers(self):
    wanted = self._options.peers or PEERS
    return [name for peer, name in PEERS.items() if peer in wanted]

  def start(self, name, waits):
    webhooks = peers.Webhooks(self.folder)
    server = peers.start(
        name, self._options.server_core, self.folder, self._nginx.api,
        self._response, webhooks, [f'--max_waits={2 * waits + 1000}'])
    return WaitServer(name, server, webhooks, self.document)

  def rounds(self, waits):
    """Yields the name and a new server of each peer, in rounds.

    Stops each server before the next one starts, and then the upstream; if
    it is left early, when it is closed.
    """
    try:
      for _ in range(self._options.rounds):
        for name in self.peers():
          with self.start(name, waits) as server:
            yield name, server
    finally:
      self._nginx.stop()


class WaitServer:
  """One server, and how it hears that the prediction has changed."""

  def __init__(self, name, process, webhooks, document):
    self.process = process
    self._is_bare = name == 'bare_grpc'
    self._webhooks = webhooks
    self._document = copy.deepcopy(document)
    self._changes = 0

  def change(self, end=False):
    """Updates the prediction for all waiters."""
    if self._is_bare:
      self.process.send('end' if end else 'update')
      return
    self._changes += 1
    self._document['updated_at'] = (
        f'2026-11-28T11:49:{self._changes:02}.000001Z')
    if end:
      self._document['status'] = 'succeeded'
    self._webhooks.deliver(documents.compact(self._document))

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self.process.stop()
