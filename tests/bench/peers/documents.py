"""The upstream's JSON, and the messages that a gateway makes of it."""

import json

from google.protobuf import json_format
from wriftai.predictions.v1 import predictions_pb2 as v1

STATUSES = {'pending': 1, 'started': 2, 'succeeded': 3, 'failed': 4}
WORDS = ('the model reads one more token and returns the text that follows '
         'with a score for each of its parts').split()


def prediction_id(number):
  return f'c12258c4-ed83-4d7b-a784-{number:012x}'


def compact(value):
  return json.dumps(value, separators=(',', ':'))


def prediction(size, status='started', number=1):
  """A prediction of `size` bytes as JSON: texts, numbers, lists and objects."""
  payload = {'prompt': '', 'temperature': 0.7, 'items': []}
  ended = status == 'succeeded'
  document = {
      'id': prediction_id(number),
      'url': 'https://api.wrift.ai/v1/predictions/' + prediction_id(number),
      'status': status,
      'created_at': '2026-11-28T11:48:44.371093Z',
      'updated_at': '2026-11-28T11:48:45.500103Z',
      'setup_time': 'PT0.5S',
      'execution_time': 'PT2.5S' if ended else None,
      'model': {'owner': 'deepseek-ai', 'name': 'deepseek-r1',
                'version_number': 1},
      'input': {'prompt': 'short'} if ended else payload,
      'output': payload if ended else None,
      'error': None,
  }
  missing = size - len(compact(document))
  index = 0
  while missing > 200:
    item = {'text': ' '.join(WORDS[(index + i) % len(WORDS)] for i in range(6)),
            'score': round(0.0001 * (index % 9973) + 0.5, 4), 'index': index}
    payload['items'].append(item)
    missing -= len(compact(item)) + 1
    index += 1
  missing = size - len(compact(document))
  payload['prompt'] = ' '.join(WORDS * 20)[:missing]
  return document


def page(count):
  """A page of the list: predictions without payloads."""
  items = []
  for number in range(1, count + 1):
    item = prediction(0, 'succeeded' if number % 2 else 'started', number)
    for name in ('input', 'output', 'error'):
      del item[name]
    items.append(item)
  return {'items': items, 'next_cursor': 'bmV4dA==', 'previous_cursor': None}


def message_of(document, payload_format):
  """The prediction that the gateway returns."""
  message = v1.Prediction(
      id=document['id'], status=STATUSES[document['status']],
      status_text=document['status'], url=document['url'],
      setup_time=document['setup_time'],
      execution_time=document['execution_time'],
      model=v1.Model(**document['model']))
  message.created_at.FromJsonString(document['created_at'])
  message.updated_at.FromJsonString(document['updated_at'])
  for name in ('input', 'output'):
    if name not in document:
      continue
    if payload_format == v1.PAYLOAD_FORMAT_JSON:
      setattr(message, name + '_json', compact(document[name]))
    else:
      json_format.ParseDict(document[name], getattr(message, name))
  return message


def list_of(document):
  return v1.ListResponse(
      predictions=[message_of(item, v1.PAYLOAD_FORMAT_JSON)
                   for item in document['items']],
      next_page_token=document['next_cursor'])


def plain(message):
  """What two equal responses have in common: the meaning of JSON text."""
  result = json_format.MessageToDict(message)
  for item in result.get('predictions', [result]):
    for name in ('inputJson', 'outputJson'):
      if name in item:
        item[name] = json.loads(item[name])
  # Each gateway has its own page tokens.
  if 'nextPageToken' in result:
    result['nextPageToken'] = True
  return result


def frame(message):
  """The message as the body of a gRPC request."""
  data = message.SerializeToString()
  return b'\0' + len(data).to_bytes(4, 'big') + data
