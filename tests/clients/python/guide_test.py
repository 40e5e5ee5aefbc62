"""The ten examples of the official clients' guide to predictions."""

import http.server
import json
import threading
import unittest
import uuid

from clients import AsyncCase, SyncCase
from programs import Gateway, Sandbox
from wriftai_gateway import GatewayError

MODEL = 'deepseek-ai/deepseek-r1'
QUESTION = {'prompt': 'Why is the sky blue?'}


def setUpModule() -> None:
  global sandbox, gateway
  sandbox = Sandbox()
  unittest.addModuleCleanup(sandbox.stop)
  gateway = Gateway(sandbox.base_url)
  unittest.addModuleCleanup(gateway.stop)


class Guide:

  def setUp(self):
    self.predictions = self.connect(gateway.address, token=f'token-{self.id()}')

  def test_create_returns_the_pending_prediction(self):
    prediction = self.predictions.create(
        model=MODEL, input={**QUESTION, 'sandbox': {'pending_s': 3600}})
    self.assertEqual(prediction.status, 'pending')
    self.assertFalse(prediction.has_ended)
    self.assertEqual(prediction.input['prompt'], QUESTION['prompt'])
    self.assertIsNone(prediction.output)
    self.assertIsNone(prediction.error)

  def test_create_without_a_version_runs_the_latest(self):
    prediction = self.predictions.create(model=MODEL, input=QUESTION)
    self.assertEqual(prediction.model.owner, 'deepseek-ai')
    self.assertEqual(prediction.model.name, 'deepseek-r1')
    self.assertEqual(prediction.model.version_number, 2)

  def test_create_at_a_version_runs_that_one(self):
    prediction = self.predictions.create(model=f'{MODEL}:1', input=QUESTION)
    self.assertEqual(prediction.model.version_number, 1)

  def test_get_returns_input_and_output(self):
    created = self.predictions.create(model='wriftai/echo', input=QUESTION)
    self.predictions.wait(created.id)
    prediction = self.predictions.get(created.id)
    self.assertEqual(prediction.status, 'succeeded')
    self.assertEqual(prediction.input, QUESTION)
    self.assertEqual(prediction.output, QUESTION)
    self.assertGreaterEqual(prediction.updated_at, created.created_at)
    self.assertEqual(created.created_at.utcoffset().total_seconds(), 0)
    self.assertIsInstance(prediction.execution_time, str)

  def test_create_and_wait_returns_the_output(self):
    prediction = self.predictions.create(model=MODEL, input=QUESTION, wait=True)
    self.assertTrue(prediction.has_ended)
    self.assertIn('Why is the sky blue?', prediction.output)

  def test_create_and_wait_with_options_reports_each_poll(self):
    polled = []
    self.predictions.create(
        model='wriftai/echo',
        input={'sandbox': {'pending_s': 2, 'run_s': 2}}, wait=True,
        poll_interval=0.1, on_poll=lambda one: polled.append(one.status))
    self.assertEqual(polled[0], 'pending')
    self.assertEqual(polled[-1], 'succeeded')
    self.assertGreaterEqual(polled.count('started'), 2)

  def test_wait_follows_a_prediction_of_another_call(self):
    created = self.predictions.create(model='wriftai/echo', input=QUESTION)
    prediction = self.predictions.wait(created.id)
    self.assertEqual(prediction.id, created.id)
    self.assertEqual(prediction.output, QUESTION)

  def test_list_yields_every_prediction_newest_first(self):
    created = [self.predictions.create(model='wriftai/echo', input=n).id
               for n in range(7)]
    listed = list(self.predictions.list(page_size=2))
    self.assertEqual([one.id for one in listed], created[::-1])
    self.assertEqual({one.input_json for one in listed}, {None})
    page = self.predictions.list_page(page_size=5)
    page = self.predictions.list_page(page_size=5,
                                      page_token=page.next_page_token)
    self.assertEqual([one.id for one in page.predictions], created[1::-1])
    self.assertEqual(page.next_page_token, '')
    back = self.predictions.list_page(page_size=5,
                                      page_token=page.previous_page_token)
    self.assertEqual([one.id for one in back.predictions], created[:1:-1])

  def test_webhook_gets_the_signed_end(self):
    received, ended = [], threading.Event()

    class Receiver(http.server.BaseHTTPRequestHandler):
      def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        received.append((json.loads(body)['status'],
                         self.headers['wriftai-webhook-signature']))
        self.send_response(204)
        self.end_headers()
        if received[-1][0] == 'succeeded':
          ended.set()

      def log_message(self, *_):
        pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
    threading.Thread(target=server.serve_forever).start()
    self.addCleanup(server.server_close)
    self.addCleanup(server.shutdown)
    url = f'http://127.0.0.1:{server.server_port}/{uuid.uuid4()}'
    webhook = {'url': url, 'secret': 'top-secret'}
    self.predictions.create(model='wriftai/echo', input=1, webhook=webhook)
    self.assertTrue(ended.wait(20), received)
    self.assertRegex(received[-1][1], r'^t=\d+,v1=[0-9a-f]{64}$')
    [create] = sandbox.creates_with(url)
    self.assertEqual(json.loads(create['body'])['webhook'], webhook)

  def test_validate_input_names_the_invalid_field(self):
    with self.assertRaises(GatewayError) as caught:
      self.predictions.create(model=MODEL, input={'prompt': 7},
                              validate_input=True)
    error = caught.exception
    self.assertEqual((error.code.name, error.reason, error.domain),
                     ('INVALID_ARGUMENT', 'REQUEST_REFUSED', 'wrift.ai'))
    [violation] = error.field_violations
    self.assertEqual(violation.field, 'input_json')
    self.assertRegex(violation.description, '^prompt: ')
    self.assertEqual(error.metadata['http_status'], '422')


class SyncGuideTest(Guide, SyncCase):
  pass


class AsyncGuideTest(Guide, AsyncCase):
  pass


if __name__ == '__main__':
  unittest.main()
