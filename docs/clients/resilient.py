import json, pathlib, random, sys, time, uuid
import grpc
from google.rpc import error_details_pb2, status_pb2
from wriftai.predictions.v1 import predictions_pb2 as v1
from wriftai.predictions.v1 import predictions_pb2_grpc

CONFIG = pathlib.Path(__file__).with_name('service_config.json').read_text()

def connect(target):
  return predictions_pb2_grpc.PredictionsStub(grpc.insecure_channel(target, [
      ('grpc.service_config', CONFIG),
      ('grpc.service_config_disable_resolution', 1),
      ('grpc.max_receive_message_length', -1),
      ('grpc.keepalive_time_ms', 30_000),
      ('grpc.keepalive_timeout_ms', 10_000),
      ('grpc.http2.max_pings_without_data', 0),
      ('grpc.max_reconnect_backoff_ms', 5_000),
      ('grpc.dns_min_time_between_resolutions_ms', 5_000)]))

def detail(error, kind):
  """Returns the error's detail of that kind, or None."""
  for name, value in error.trailing_metadata() or ():
    if name == 'grpc-status-details-bin':
      for one in status_pb2.Status.FromString(value).details:
        if one.Is(kind.DESCRIPTOR):
          found = kind()
          one.Unpack(found)
          return found
  return None

class Backoff:
  """Waits as long as the gateway asks, else with exponential backoff."""
  max_delay = 0.5

  def sleep(self, error):
    retry = detail(error, error_details_pb2.RetryInfo)
    if retry:
      time.sleep(retry.retry_delay.ToMilliseconds() / 1000)
    else:
      time.sleep(self.max_delay * random.uniform(0.5, 1))
      self.max_delay = min(self.max_delay * 2, 10)

def should_wait_again(error):
  code, info = error.code(), detail(error, error_details_pb2.ErrorInfo)
  return (
      code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED) or
      code in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL) and not info
      or code == grpc.StatusCode.RESOURCE_EXHAUSTED and
      detail(error, error_details_pb2.RetryInfo) is not None or
      bool(info) and info.reason == 'MAX_WAIT_EXCEEDED')

def wait(predictions, id, patience, on_update):
  """Returns the ended prediction, across as many Waits as needed."""
  end, backoff = time.monotonic() + patience, Backoff()
  while True:
    try:
      for update in predictions.Wait(v1.WaitRequest(id=id),
                                     timeout=end - time.monotonic()):
        backoff = Backoff()
        on_update(update)
      return update.prediction
    except grpc.RpcError as error:
      if not should_wait_again(error):
        raise
      print('again:', error.code().name, file=sys.stderr)
      backoff.sleep(error)

def find(predictions, request, since):
  """Returns the prediction that `request` created since then, or None."""
  page = v1.ListRequest(page_size=50)
  while True:
    response = predictions.List(page)
    for one in response.predictions:
      if one.created_at.ToSeconds() < since:
        return None
      one = predictions.Get(v1.GetRequest(
          id=one.id, payload_format=v1.PAYLOAD_FORMAT_JSON))
      if one.input_json == request.input_json:
        return one
    page.page_token = response.next_page_token
    if not page.page_token:
      return None

def create(predictions, request):
  """Creates once, as far as the errors allow to know."""
  since, backoff = time.time() - 60, Backoff()  # Allows for clock skew.
  while True:
    try:
      return predictions.Create(request, timeout=90)
    except grpc.RpcError as error:
      maybe_created = not detail(error, error_details_pb2.ErrorInfo) or (
          error.code() in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL,
                           grpc.StatusCode.DEADLINE_EXCEEDED))
      if not maybe_created and error.code() != grpc.StatusCode.UNAVAILABLE and (
          not detail(error, error_details_pb2.RetryInfo)):
        raise  # A retry would fail the same way.
      for pause in (0, 5) if maybe_created else ():
        time.sleep(pause)
        found = find(predictions, request, since)
        if found:
          return found
      backoff.sleep(error)

def main():
  predictions = connect(sys.argv[1])
  id = str(uuid.uuid4())
  prediction = create(predictions, v1.CreateRequest(
      model='wriftai/slow', request_id=id,
      input_json=json.dumps({'prompt': 'Hello', 'request_id': id,
                             'sandbox': {'pending_s': 0, 'run_s': 12}})))
  seen = []
  def on_update(update):
    if update.prediction.status_text not in seen:
      seen.append(update.prediction.status_text)
      print(*seen[-1:], flush=True)
  wait(predictions, prediction.id, 600, on_update)

if __name__ == '__main__':
  main()
