"""The parts of a create that do not depend on how calls are made."""

from __future__ import annotations

import json
import logging
import time
import uuid
from typing import Any, Iterator, Literal, Optional, get_args

import grpc

from ._retry import CreateOutcome, Retries, outcome_of_create
from .errors import CreateOutcomeUnknown, GatewayError, from_rpc_error
from .types import Page, Prediction, Webhook
from .v1 import predictions_pb2 as pb

# The gateway waits up to 60 s for the upstream, after up to 30 s for budget.
_ATTEMPT_TIMEOUT = 90.0

# How much the clocks of this machine and the upstream may differ.
_CLOCK_SKEW = 60.0

# A prediction may take a moment to appear in the list.
SEARCH_DELAYS = (0.0, 5.0)

# Each costs one read of about three per second.
_MAX_LOOKED_AT = 100

# What to do if a prediction may have been created.
IfUnknown = Literal['raise', 'find', 'find_or_create']
_POLICIES = get_args(IfUnknown)

# The default of `input`: None is JSON null.
UNSET: Any = object()

_log = logging.getLogger('wriftai_gateway')


def create_request(model: str, input: Any, input_json: Optional[str],
                   webhook: Optional[Webhook], validate_input: Optional[bool],
                   server_wait: Optional[int],
                   request_id: Optional[str]) -> Any:
  """The request, with a request id: the gateway then repeats no create."""
  if (input is UNSET) == (input_json is None):
    raise ValueError('expected either input or input_json')
  if input_json is None:
    input_json = json.dumps(input, allow_nan=False)
  request = pb.CreateRequest(
      model=model, input_json=input_json,
      request_id=request_id or str(uuid.uuid4()),
      payload_format=pb.PAYLOAD_FORMAT_JSON)
  if validate_input is not None:
    request.validate_input = validate_input
  if webhook is not None:
    request.webhook.CopyFrom(pb.Webhook(**webhook))
  if server_wait is not None:
    request.server_wait.seconds = server_wait
  return request


class Create:
  """One create: what follows from each failure. Makes no calls."""

  def __init__(self, request: Any, if_unknown: IfUnknown,
               timeout: Optional[float]) -> None:
    if if_unknown not in _POLICIES:
      raise ValueError(f'if_unknown: expected one of {", ".join(_POLICIES)}')
    self.request = request
    self._if_unknown = if_unknown
    self._since = time.time() - _CLOCK_SKEW
    self._attempt_timeout: float = _ATTEMPT_TIMEOUT + request.server_wait.seconds
    self._retries = Retries(
        self._attempt_timeout if timeout is None else timeout)
    self._model = request.model.partition(':')[0]
    self._looked_at = 0

  def attempt_timeout(self) -> float:
    return min(self._attempt_timeout, self._retries.remaining())

  def failure_of(self, error: Any) -> GatewayError:
    """The failure, if something is left to try. Otherwise raises it.

    After a CreateOutcomeUnknown, look for the prediction.
    """
    failure = from_rpc_error(error)
    outcome = outcome_of_create(failure)
    if outcome == CreateOutcome.UNKNOWN:
      failure = CreateOutcomeUnknown(failure, self.request.request_id)
      if self._if_unknown != 'raise':
        return failure
    if outcome == CreateOutcome.RETRY:
      return failure
    raise failure from error

  def delay_after(self, failure: GatewayError) -> float:
    """Seconds until the next attempt; raises `failure` if it was the last."""
    if isinstance(failure, CreateOutcomeUnknown):
      if self._if_unknown == 'find':
        raise failure
      # The gateway repeats this error for the request id. Without an ErrorInfo,
      # a create may still be in progress, which the same id joins.
      if failure.has_error_info and failure.code in (
          grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL):
        self.request.request_id = str(uuid.uuid4())
    delay = self._retries.delay_after(failure)
    if delay is None:
      raise failure
    _log.info('creating again in %.1f s: %s', delay, failure)
    return delay

  def candidates(self, page: Page) -> Iterator[Prediction]:
    """The predictions of a page that the request may have created."""
    for one in page.predictions:
      if self._is_older(one):
        return
      if f'{one.model.owner}/{one.model.name}' == self._model:
        self._looked_at += 1
        if self._looked_at > _MAX_LOOKED_AT:
          raise GatewayError(
              grpc.StatusCode.RESOURCE_EXHAUSTED,
              f'more than {_MAX_LOOKED_AT} predictions of {self._model} since')
        yield one

  def is_last(self, page: Page) -> bool:
    """Whether all later pages are older than the request."""
    return not page.next_page_token or any(map(self._is_older,
                                               page.predictions))

  def has_created(self, prediction: Prediction) -> bool:
    """Whether the prediction has the request's input."""
    return (prediction.input_json is not None and
            _canonical(prediction.input_json) ==
            _canonical(self.request.input_json))

  def _is_older(self, prediction: Prediction) -> bool:
    return (prediction.created_at is not None and
            prediction.created_at.timestamp() < self._since)


def _canonical(text: str) -> str:
  # The upstream may return the same JSON with other spaces and member order.
  return json.dumps(json.loads(text), sort_keys=True)
