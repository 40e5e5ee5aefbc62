"""Payloads, errors, tokens, TLS and timeouts, against the release programs."""

import contextlib
import hashlib

import json
import os
import pickle
import subprocess
import time
import unittest
import uuid

import wriftai_gateway
from clients import AsyncCase, SyncCase
from programs import Gateway, Sandbox, temporary_folder
from wriftai_gateway import CreateOutcomeUnknown, GatewayError

NO_ID = '00000000-0000-4000-8000-000000000000'

def setUpModule() -> None:
  global sandbox, gateway
  sandbox = Sandbox()
  unittest.addModuleCleanup(sandbox.stop)
  gateway = Gateway(sandbox.base_url)
  unittest.addModuleCleanup(gateway.stop)

def redacted(token):
  """How the sandbox shows a token."""
  return f'Bearer sha256:{hashlib.sha256(token.encode()).hexdigest()[:12]}'

class Calls:

  def setUp(self):
    self.predictions = self.connect(gateway.address, token=f'token-{self.id()}')

  def failure(self, kind, call, *args, **kwargs):
    with self.assertRaises(kind) as caught:
      call(*args, **kwargs)
    self.assertIs(type(caught.exception), kind)
    return caught.exception

  def test_payloads_are_exact(self):
    text = '{"n": 12345678901234567890, "n": 1.10, "s": "\\ud83d\\ude00é"}'
    prediction = self.predictions.create(
        model='wriftai/echo', input_json=text, wait=True)
    self.assertEqual(prediction.output_json, text)
    self.assertEqual(prediction.input_json, text)
    value = {'n': 2**63, 'text': '\U0001f600 é\u2028', 'list': [None, True, 1e-7]}
    prediction = self.predictions.create(
        model='wriftai/echo', input=value, wait=True)
    self.assertEqual(prediction.output, value)

  def test_null_is_an_input_and_nothing_is_not(self):
    prediction = self.predictions.create(
        model='wriftai/echo', input=None, wait=True)
    self.assertEqual(prediction.input_json, 'null')
    with self.assertRaisesRegex(ValueError, 'either input or input_json'):
      self.predictions.create(model='wriftai/echo')
    with self.assertRaises(ValueError):
      self.predictions.create(model='wriftai/echo', input=float('nan'))

  def test_output_above_grpcs_default_limit_arrives(self):
    prediction = self.predictions.create(
        model='wriftai/large', input={}, wait=True)
    self.assertEqual(len(prediction.output_json.encode()), 4 << 20)

  def test_prediction_is_compared_and_pickled_by_value(self):
    prediction = self.predictions.create(model='wriftai/echo', input=1)
    self.assertEqual(pickle.loads(pickle.dumps(prediction)), prediction)

  def test_failed_prediction_is_returned(self):
    prediction = self.predictions.create(
        model='wriftai/failing', input={'prompt': 'x'}, wait=True)
    self.assertEqual(prediction.status, 'failed')
    self.assertTrue(prediction.has_ended)
    self.assertEqual(prediction.error.source, 'external')
    self.assertIsInstance(prediction.error.detail, dict)

  def test_unknown_status_arrives_as_the_upstreams_word(self):
    created = self.predictions.create(
        model='wriftai/echo', input={'sandbox': {'outcome': 'paused'}})
    seen = []
    with contextlib.closing(self.predictions.updates(created.id)) as updates:
      while 'paused' not in seen:
        update = next(updates)
        seen.append(update.prediction.status)
    self.assertFalse(update.prediction.has_ended)
    self.assertEqual(update.sequence, len(seen))
    self.assertEqual(update.interval, 1)
    # The model runs for so short a time that the create may show its end.
    self.assertIn(update.source, ('CREATE', 'GET', 'LIST'))

  def test_cancel_ends_the_prediction_and_then_conflicts(self):
    created = self.predictions.create(
        model='wriftai/echo', input={'sandbox': {'run_s': 3600}})
    self.predictions.cancel(created.id)
    self.assertEqual(self.predictions.wait(created.id).status, 'failed')
    error = self.failure(GatewayError, self.predictions.cancel, created.id)
    self.assertEqual((error.code.name, error.reason),
                     ('FAILED_PRECONDITION', 'CONFLICT'))

  def test_error_names_reason_field_and_request(self):
    error = self.failure(GatewayError, self.predictions.get, 'not-a-uuid')
    self.assertEqual((error.code.name, error.reason, error.domain),
                     ('INVALID_ARGUMENT', 'INVALID_FIELD', 'gateway.wriftai'))
    self.assertEqual([one.field for one in error.field_violations], ['id'])
    uuid.UUID(error.metadata['gateway_request_id'])
    self.assertRegex(str(error),
                     '^INVALID_ARGUMENT INVALID_FIELD: id: expected a UUID')

  def test_wait_for_a_missing_prediction_is_not_found(self):
    error = self.failure(GatewayError, self.predictions.wait, NO_ID)
    self.assertEqual((error.code.name, error.reason, error.prediction_id),
                     ('NOT_FOUND', 'NOT_FOUND', NO_ID))

  def test_timeout_ends_the_wait_and_not_the_prediction(self):
    created = self.predictions.create(
        model='wriftai/echo', input={'sandbox': {'run_s': 3600}})
    error = self.failure(GatewayError, self.predictions.wait, created.id,
                         timeout=0.3)
    self.assertEqual((error.code.name, error.prediction_id),
                     ('DEADLINE_EXCEEDED', created.id))
    self.assertFalse(self.predictions.get(created.id).has_ended)

  def test_callback_that_raises_ends_the_wait(self):
    created = self.predictions.create(
        model='wriftai/echo', input={'sandbox': {'run_s': 3600}})

    def on_poll(_):
      raise KeyError('stop')

    with self.assertRaises(KeyError):
      self.predictions.wait(created.id, on_poll=on_poll)

  def test_server_wait_returns_the_ended_prediction(self):
    marker = str(uuid.uuid4())
    prediction = self.predictions.create(
        model='wriftai/echo', input=marker, server_wait=30)
    self.assertEqual(prediction.status, 'succeeded')
    [create] = sandbox.creates_with(marker)
    self.assertEqual(create['headers']['prefer'], 'wait=30')

  def test_token_is_the_callers_and_may_change(self):
    tokens = iter(['first-token', 'second-token'])
    predictions = self.connect(gateway.address, token=lambda: next(tokens))
    for token in ('first-token', 'second-token'):
      marker = str(uuid.uuid4())
      predictions.create(model='wriftai/echo', input=marker)
      [create] = sandbox.creates_with(marker)
      self.assertEqual(create['headers']['authorization'], redacted(token))

  def test_no_token_means_the_gateways(self):
    marker = str(uuid.uuid4())
    self.connect(gateway.address).create(model='wriftai/echo', input=marker)
    [create] = sandbox.creates_with(marker)
    self.assertEqual(create['headers']['authorization'],
                     redacted('gateway-token'))

  def test_invalid_token_is_not_printed(self):
    predictions = self.connect(gateway.address, token='secret\ntoken')
    error = self.failure(ValueError, predictions.get, NO_ID)
    self.assertEqual(str(error), 'token: expected visible ASCII characters')

class CreateOutcomes:
  """What follows if a prediction may have been created."""

  def setUp(self):
    # Each with a gateway: this one remembers the request ids.
    self.sandbox = Sandbox()
    self.addCleanup(self.sandbox.stop)
    own = Gateway(self.sandbox.base_url)
    self.addCleanup(own.stop)
    self.predictions = self.connect(own.address)

  def lose_response(self):
    self.sandbox.add_faults(
        {'method': 'POST', 'times': 1, 'close_after_processing': True})

  def lose_request(self):
    self.sandbox.add_faults(
        {'method': 'POST', 'times': 1, 'close_without_response': True})

  def created(self):
    return self.sandbox.stats()['predictions_created']

  def test_unknown_outcome_is_raised_and_not_repeated(self):
    self.lose_response()
    request_id = str(uuid.uuid4())
    with self.assertRaises(CreateOutcomeUnknown) as caught:
      self.predictions.create(model='wriftai/echo', input=1,
                              request_id=request_id)
    self.assertEqual(caught.exception.reason, 'CREATE_OUTCOME_UNKNOWN')
    self.assertEqual(caught.exception.request_id, request_id)
    self.assertEqual(self.created(), 1)

  def test_created_prediction_is_found_by_its_input(self):
    for n in (1, 1.0, 'other'):
      self.predictions.create(model='wriftai/echo', input={'n': n})
    self.predictions.create(model='wriftai/failing', input={'n': True})
    self.lose_response()
    prediction = self.predictions.create(
        model='wriftai/echo', input={'n': True}, if_unknown='find', wait=True)
    self.assertEqual(prediction.output_json, '{"n": true}')
    self.assertEqual(self.created(), 5)

  def test_missing_prediction_is_not_created_again_by_find(self):
    self.lose_request()
    with self.assertRaises(CreateOutcomeUnknown):
      self.predictions.create(model='wriftai/echo', input=1, if_unknown='find')
    self.assertEqual(self.created(), 0)

  def test_missing_prediction_is_created_again_on_request(self):
    self.lose_request()
    prediction = self.predictions.create(
        model='wriftai/echo', input=1, if_unknown='find_or_create', wait=True)
    self.assertEqual(prediction.output, 1)
    self.assertEqual(self.created(), 1)

  def test_create_is_repeated_after_the_apis_own_429(self):
    self.sandbox.add_faults({
        'method': 'POST', 'times': 1, 'status': 429,
        'headers': {'content-type': 'application/json',
                    'x-ratelimit-reset': str(int(time.time()) + 1)},
        'body': json.dumps({'detail': 'slow down'})})
    self.predictions.create(model='wriftai/echo', input=1)
    self.assertEqual(self.created(), 1)

  def test_same_request_id_creates_once(self):
    request_id = str(uuid.uuid4())
    first, second = (self.predictions.create(
        model='wriftai/echo', input=1, request_id=request_id) for _ in '12')
    self.assertEqual(first.id, second.id)
    self.assertEqual(self.created(), 1)

  def test_unknown_policy_is_a_value_error(self):
    with self.assertRaisesRegex(ValueError, '^if_unknown: expected one of'):
      self.predictions.create(model='wriftai/echo', input=1, if_unknown='hope')

class Tls:

  def test_gateway_gets_the_clients_certificate_and_token(self):
    folder = temporary_folder(self)
    subprocess.run([os.environ['MAKE_CERTIFICATES'], folder], check=True)
    secure = Gateway(
        sandbox.base_url, '--listen_address=localhost:0',
        '--credentials=caller', f'--tls_client_ca_file={folder}/ca.crt',
        f'--tls_cert_file={folder}/gateway.crt',
        f'--tls_key_file={folder}/gateway.key')
    self.addCleanup(secure.stop)
    # The certificate is for this name.
    target = f'localhost:{secure.address.rpartition(":")[2]}'
    credentials = wriftai_gateway.tls(
        ca_file=f'{folder}/ca.crt', cert_file=f'{folder}/client.crt',
        key_file=f'{folder}/client.key')
    predictions = self.connect(target, credentials=credentials, token='any')
    self.assertEqual(
        predictions.create(model='wriftai/echo', input=1, wait=True).output, 1)
    with self.assertRaises(GatewayError) as caught:
      self.connect(target, credentials=credentials).get(NO_ID)
    self.assertEqual(caught.exception.reason, 'NO_TOKEN')
    with self.assertRaises(GatewayError) as caught:
      self.connect(target, credentials=wriftai_gateway.tls(
          ca_file=f'{folder}/ca.crt')).get(NO_ID, timeout=2)
    self.assertFalse(caught.exception.has_error_info)

  def test_certificate_requires_its_key(self):
    with self.assertRaisesRegex(ValueError, '^cert_file requires key_file'):
      wriftai_gateway.tls(cert_file='client.crt')

class SyncCallsTest(Calls, SyncCase):
  pass

class AsyncCallsTest(Calls, AsyncCase):
  pass

class SyncCreateOutcomesTest(CreateOutcomes, SyncCase):
  pass

class AsyncCreateOutcomesTest(CreateOutcomes, AsyncCase):
  pass

class SyncTlsTest(Tls, SyncCase):
  pass

class AsyncTlsTest(Tls, AsyncCase):
  pass

if __name__ == '__main__':
  unittest.main()
