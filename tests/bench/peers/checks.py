"""Calls each server once, and compares the response with the expected one.

h2load counts HTTP statuses, which are 200 for errors of gRPC, too.
"""

import json

import documents
import grpc
from load import path_of
from wriftai.predictions.v1 import predictions_pb2 as v1

METADATA = (('authorization', 'Bearer token'),)
TIMEOUT_S = 10
# Of a message, in HTTP/2's data.
FRAME_BYTES = 5


def check(peer, port, case):
  """Returns the size of the response, of the least for a stream."""
  options = [('grpc.max_receive_message_length', -1),
             ('grpc.enable_http_proxy', 0)]
  with grpc.insecure_channel(f'127.0.0.1:{port}', options) as channel:
    try:
      if case.webhooks:
        return check_stream(peer, channel, case)
      return check_response(peer, channel, case)
    except grpc.RpcError as error:
      raise RuntimeError(f'{peer}: {case.method}: {error}') from error


def check_response(peer, channel, case):
  call = channel.unary_unary(path_of(case.method),
                             request_serializer=serialize)

  def send(request):
    return call(request, metadata=METADATA, timeout=TIMEOUT_S)

  response = type(case.response).FromString(send(case.request))
  if documents.plain(response) != documents.plain(case.response):
    raise RuntimeError(f'{peer}: unexpected response to {case.method}: '
                       f'{str(response)[:1000]}')
  if case.method == 'Get' and peer not in ('bare_grpc', 'relay'):
    expect_error(peer, send, 'no-uuid', grpc.StatusCode.INVALID_ARGUMENT)
    expect_error(peer, send, documents.prediction_id(404),
                 grpc.StatusCode.NOT_FOUND)
  return FRAME_BYTES + response.ByteSize()


def check_stream(peer, channel, case):
  """The ended prediction comes last; it may have ended by the first update."""
  call = channel.unary_stream(path_of(case.method),
                              request_serializer=serialize)
  updates = [v1.PredictionUpdate.FromString(update) for update in call(
      case.request, metadata=METADATA, timeout=TIMEOUT_S)]
  ended = updates and (
      peer == 'bare_grpc'
      or updates[-1].prediction.status == v1.PREDICTION_STATUS_SUCCEEDED)
  if not ended:
    raise RuntimeError(f'{peer}: unexpected updates: {str(updates)[:1000]}')
  for update in updates:
    if json.loads(update.prediction.input_json) != case.document['input']:
      raise RuntimeError(f'{peer}: unexpected input: {str(update)[:1000]}')
  return FRAME_BYTES + updates[-1].ByteSize()


def serialize(message):
  return message.SerializeToString()


def expect_error(peer, send, prediction_id, code):
  try:
    send(v1.GetRequest(id=prediction_id))
  except grpc.RpcError as error:
    if error.code() == code:
      return
    raise RuntimeError(f'{peer}: expected {code}, got {error}') from error
  raise RuntimeError(f'{peer}: expected {code}, got a response')
