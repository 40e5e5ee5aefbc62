"""A gateway as a good Python engineer writes it in an afternoon.

  gateway.py API_BASE_URL

One upstream request per call, without budget, cache, sharing or logs. Needs the
generated messages in PYTHONPATH.
"""

import asyncio
import json
import sys
import uuid

import grpc
import httpx
from google.protobuf import json_format
from wriftai.predictions.v1 import predictions_pb2 as v1

SERVICE = 'wriftai.predictions.v1.Predictions'
CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    402: grpc.StatusCode.RESOURCE_EXHAUSTED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    410: grpc.StatusCode.NOT_FOUND,
    413: grpc.StatusCode.INVALID_ARGUMENT,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
}
STATUSES = {'pending': 1, 'started': 2, 'succeeded': 3, 'failed': 4}


def code_of(http_status):
  default = (grpc.StatusCode.UNAVAILABLE
             if http_status >= 500 else grpc.StatusCode.INTERNAL)
  return CODES.get(http_status, default)


def set_payload(message, name, value, payload_format):
  if payload_format == v1.PAYLOAD_FORMAT_JSON:
    setattr(message, name + '_json', json.dumps(value, ensure_ascii=False))
  else:
    json_format.ParseDict(value, getattr(message, name))


def prediction_of(source, payload_format):
  """The upstream's prediction as a message."""
  model = source['model']
  message = v1.Prediction(
      id=source['id'], status=STATUSES.get(source['status'], 0),
      status_text=source['status'], setup_time=source.get('setup_time'),
      execution_time=source.get('execution_time'), url=source.get('url'),
      model=v1.Model(owner=model['owner'], name=model['name'],
                     version_number=model.get('version_number')))
  message.created_at.FromJsonString(source['created_at'])
  message.updated_at.FromJsonString(source['updated_at'])
  for name in ('input', 'output'):
    if name in source:
      set_payload(message, name, source[name], payload_format)
  if source.get('error'):
    error = source['error']
    message.error.source = error['source']
    message.error.message = error['message']
    if 'detail' in error:
      set_payload(message.error, 'detail', error['detail'], payload_format)
  return message


class Gateway:

  def __init__(self, api):
    self._api = api
    self._http = httpx.AsyncClient(
        timeout=30, trust_env=False, limits=httpx.Limits(
            max_connections=512, max_keepalive_connections=512))

  async def _call(self, context, method, path, **arguments):
    headers = {}
    for key, value in context.invocation_metadata():
      if key == 'authorization':
        headers[key] = value
    try:
      response = await self._http.request(method, self._api + path,
                                          headers=headers, **arguments)
    except httpx.HTTPError as error:
      await context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
    if not response.is_success:
      await context.abort(
          code_of(response.status_code),
          f'upstream {response.status_code}: {response.text[:256]}')
    try:
      return response.json()
    except ValueError as error:
      await context.abort(grpc.StatusCode.INTERNAL, str(error))

  async def get(self, request, context):
    try:
      uuid.UUID(request.id)
    except ValueError:
      await context.abort(grpc.StatusCode.INVALID_ARGUMENT,
                          'id: expected a UUID')
    found = await self._call(context, 'GET', '/predictions/' + request.id)
    return prediction_of(found, request.payload_format)

  async def list(self, request, context):
    if request.page_size < 0:
      await context.abort(grpc.StatusCode.INVALID_ARGUMENT,
                          'page_size: expected at least 0')
    query = {'page_size': min(request.page_size or 25, 50)}
    if request.page_token:
      query['cursor'] = request.page_token
    page = await self._call(context, 'GET', '/predictions', params=query)
    return v1.ListResponse(
        predictions=[
            prediction_of(item, v1.PAYLOAD_FORMAT_JSON)
            for item in page['items']
        ], next_page_token=page.get('next_cursor') or '',
        previous_page_token=page.get('previous_cursor') or '')

  async def create(self, request, context):
    try:
      value = (json_format.MessageToDict(request.input)
               if request.HasField('input') else json.loads(request.input_json))
    except ValueError as error:
      await context.abort(grpc.StatusCode.INVALID_ARGUMENT,
                          f'input_json: {error}')
    created = await self._call(context, 'POST', '/predictions', json={
        'model': request.model, 'input': value})
    return prediction_of(created, request.payload_format)


async def main():
  gateway = Gateway(sys.argv[1])
  unary = grpc.unary_unary_rpc_method_handler

  def method(function, request, response):
    return unary(function, request.FromString, response.SerializeToString)

  server = grpc.aio.server()
  server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
      SERVICE, {
          'Get': method(gateway.get, v1.GetRequest, v1.Prediction),
          'List': method(gateway.list, v1.ListRequest, v1.ListResponse),
          'Create': method(gateway.create, v1.CreateRequest, v1.Prediction),
      }),))
  port = server.add_insecure_port('127.0.0.1:0')
  await server.start()
  print(f'gRPC listens on 127.0.0.1:{port}', flush=True)
  await server.wait_for_termination()


if __name__ == '__main__':
  asyncio.run(main())
