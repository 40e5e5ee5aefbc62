"""The rules of docs/clients.md, without a gateway and on a virtual clock."""

import json
import pathlib
import unittest

import grpc
from google.protobuf import any_pb2
from wriftai_gateway import GatewayError
from wriftai_gateway import _error_details_pb2 as details_pb2
from wriftai_gateway import _retry, _wait
from wriftai_gateway._retry import Retries
from wriftai_gateway.v1 import predictions_pb2 as pb


def error_of(code, reason='', delay=None):
  """An error as the gateway sends it, or as gRPC does without a reason."""
  status = details_pb2.Status()

  def add(kind, detail):
    status.details.append(any_pb2.Any(
        type_url=f'type.googleapis.com/google.rpc.{kind}',
        value=detail.SerializeToString()))

  if reason:
    add('ErrorInfo', details_pb2.ErrorInfo(reason=reason))
  if delay is not None:
    retry = details_pb2.RetryInfo()
    retry.retry_delay.FromMilliseconds(round(delay * 1000))
    add('RetryInfo', retry)
  return GatewayError(grpc.StatusCode[code], 'failed',
                      status.SerializeToString())


class RulesTest(unittest.TestCase):

  def test_errors_are_retried_as_documented(self):
    path = pathlib.Path(__file__).parent.parent / 'retry_rules.json'
    for rule in json.loads(path.read_text()):
      with self.subTest(rule=rule):
        error = error_of(rule['code'], rule.get('reason', ''),
                         rule.get('delay'))
        self.assertEqual(_retry.should_wait_again(error), rule['wait'])
        self.assertEqual(_retry.should_read_again(error), rule['read'])
        self.assertEqual(_retry.should_cancel_again(error), rule['cancel'])
        self.assertEqual(_retry.outcome_of_create(error).name, rule['create'])


class RetriesTest(unittest.TestCase):

  def setUp(self):
    self.time = 0.0

  def retries(self, timeout, attempts=None, share=1.0):
    return Retries(timeout, attempts, now=lambda: self.time,
                   uniform=lambda low, high: low + share * (high - low))

  def test_delay_is_the_gateways(self):
    self.assertEqual(
        self.retries(60).delay_after(error_of('UNAVAILABLE', 'DRAINING', 3.5)),
        3.5)

  def test_delay_doubles_up_to_ten_seconds_until_reset(self):
    retries, error = self.retries(60), error_of('UNAVAILABLE')
    self.assertEqual([retries.delay_after(error) for _ in range(7)],
                     [0.5, 1, 2, 4, 8, 10, 10])
    retries.reset()
    self.assertEqual(retries.delay_after(error), 0.5)

  def test_delay_is_reduced_by_up_to_half(self):
    self.assertEqual(
        self.retries(60, share=0).delay_after(error_of('UNAVAILABLE')), 0.25)

  def test_last_attempt_has_no_delay(self):
    retries, error = self.retries(60, attempts=3), error_of('CANCELLED')
    self.assertEqual([retries.delay_after(error) for _ in range(3)],
                     [0.5, 1, None])

  def test_no_attempt_begins_after_the_timeout(self):
    retries = self.retries(60)
    self.time = 57.0
    self.assertEqual(retries.remaining(), 3)
    self.assertEqual(
        retries.delay_after(error_of('UNAVAILABLE', 'DRAINING', 2.9)), 2.9)
    self.assertIsNone(
        retries.delay_after(error_of('UNAVAILABLE', 'DRAINING', 3)))
    self.time = 61.0
    self.assertEqual(retries.remaining(), 0)


class WaitTest(unittest.TestCase):

  def update(self, status, updated_at):
    message = pb.PredictionUpdate(source=pb.SOURCE_GET, sequence=1)
    message.prediction.status_text = status
    message.prediction.updated_at.FromMicroseconds(updated_at)
    return message

  def test_update_older_than_an_earlier_one_is_skipped(self):
    wait = _wait.Wait('id', 60, None, False)
    seen = [wait.update_of(self.update(*one))
            for one in [('pending', 1), ('started', 3), ('pending', 1),
                        ('started', 3), ('succeeded', 4)]]
    self.assertEqual(
        [(one.sequence, one.prediction.status) for one in seen if one],
        [(1, 'pending'), (2, 'started'), (3, 'started'), (4, 'succeeded')])
    self.assertIsNone(seen[2])

  def test_details_that_cannot_be_decoded_leave_code_and_message(self):
    error = GatewayError(grpc.StatusCode.UNAVAILABLE, 'a proxy', b'\xff')
    self.assertEqual(str(error), 'UNAVAILABLE: a proxy')
    self.assertFalse(error.has_error_info)


if __name__ == '__main__':
  unittest.main()
