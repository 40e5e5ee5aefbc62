import logging, sys, uuid
from wriftai_gateway import Client

logging.basicConfig(level=logging.INFO)  # A line for each retry.
seen = []

def on_poll(prediction):
  if prediction.status not in seen:
    seen.append(prediction.status)
    print(prediction.status, flush=True)

with Client(sys.argv[1]) as client:
  client.predictions.create(
      model='wriftai/slow',
      input={'prompt': 'Hello', 'marker': str(uuid.uuid4()),
             'sandbox': {'pending_s': 0, 'run_s': 12}},
      if_unknown='find_or_create', wait=True, on_poll=on_poll)
