"""Calls each server once, and compares the response with the expected one.

h2load counts HTTP statuses, which are 200 for errors of gRPC, too.
"""

import documents
import grpc
from load import path_of
from wriftai.predictions.v1 import predictions_pb2 as v1

METADATA = (('authorization', 'Bearer token'),)
TIMEOUT_S = 10


def check(peer, port, case):
  options = [('grpc.max_receive_message_length', -1),
             ('grpc.enable_http_proxy', 0)]
  with grpc.insecure_channel(f'127.0.0.1:{port}', options) as channel:
    call = channel.unary_unary(
        path_of(case.method), request_serializer=lambda m: m.SerializeToString())

    def send(request):
      return call(request, metadata=METADATA, timeout=TIMEOUT_S)

    response = type(case.response).FromString(send(case.request))
    if documents.plain(response) != documents.plain(case.response):
      raise RuntimeError(f'{peer}: unexpected response to {case.method}: '
                         f'{str(response)[:1000]}')
    if case.method == 'Get' and peer != 'bare_grpc':
      expect_error(peer, send, 'no-uuid', grpc.StatusCode.INVALID_ARGUMENT)
      expect_error(peer, send, documents.prediction_id(404),
                   grpc.StatusCode.NOT_FOUND)
    return response.ByteSize()


def expect_error(peer, send, prediction_id, code):
  try:
    send(v1.GetRequest(id=prediction_id))
  except grpc.RpcError as error:
    if error.code() == code:
      return
    raise RuntimeError(f'{peer}: expected {code}, got {error}') from error
  raise RuntimeError(f'{peer}: expected {code}, got a response')
