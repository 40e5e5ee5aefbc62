"""The parts of a wait that do not depend on how calls are made."""

from __future__ import annotations

import logging
from typing import Any, Optional

import grpc

from ._retry import Retries, should_wait_again
from .errors import GatewayError, from_rpc_error
from .types import Prediction, Update, to_update
from .v1 import predictions_pb2 as pb

# 30 minutes of running, after the queue and a cold start; as long as the
# gateway allows by default.
WAIT_TIMEOUT = 7200.0

_log = logging.getLogger('wriftai_gateway')


class Wait:
  """One wait over any number of Wait calls. Makes no calls."""

  def __init__(self, id: str, timeout: float, poll_interval: Optional[float],
               only_changes: bool) -> None:
    self.request = pb.WaitRequest(
        id=id, payload_format=pb.PAYLOAD_FORMAT_JSON,
        wait_options=pb.WaitOptions(only_changes=only_changes))
    if poll_interval is not None:
      self.request.wait_options.poll_interval.FromNanoseconds(
          round(poll_interval * 1e9))
    self._timeout = timeout
    self._retries = Retries(timeout)
    self._newest: Any = None
    self._sequence = 0

  def remaining(self) -> float:
    return self._retries.remaining()

  def update_of(self, message: Any) -> Optional[Update]:
    """The update, unless an earlier one was newer.

    Another replica may not have seen what this wait has.
    """
    self._retries.reset()
    updated_at = message.prediction.updated_at.ToNanoseconds()
    if self._newest is not None and updated_at < self._newest:
      return None
    self._newest = updated_at
    self._sequence += 1
    return to_update(message, self._sequence)

  def delay_after(self, error: Any) -> float:
    """Seconds until the next Wait call; raises the error if it was the last."""
    failure = from_rpc_error(error, self.request.id)
    if not should_wait_again(failure):
      raise failure from error
    delay = self._retries.delay_after(failure)
    if delay is None:
      raise GatewayError(
          grpc.StatusCode.DEADLINE_EXCEEDED,
          f'the prediction has not ended within {self._timeout:g} s, and '
          f'continues. Last error: {failure}',
          prediction_id=self.request.id) from error
    _log.info('waiting again for %s in %.1f s: %s', self.request.id, delay,
              failure)
    return delay


def ended(update: Optional[Update], id: str) -> Prediction:
  """The prediction of the last update, which the gateway promises."""
  if update is None:
    raise GatewayError(grpc.StatusCode.INTERNAL,
                       'the gateway ended a wait without an update',
                       prediction_id=id)
  return update.prediction
