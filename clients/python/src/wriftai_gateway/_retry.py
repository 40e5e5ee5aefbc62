"""Which errors to retry, when and for how long: the rules of docs/clients.md."""

from __future__ import annotations

import enum
import random
import time
from typing import Callable, Optional

import grpc

from .errors import GatewayError

# Without a delay from the gateway: 0.5 s, doubled up to 10 s, less a random
# share of up to half, so that callers do not return at once.
_FIRST_DELAY = 0.5
_MAX_DELAY = 10.0

# A read that fails this often fails the call: gRPC and the gateway have retried
# each, too.
MAX_READ_ATTEMPTS = 3

_Code = grpc.StatusCode


def should_wait_again(error: GatewayError) -> bool:
  """Whether another Wait may see what this one did not."""
  if error.code in (_Code.UNKNOWN, _Code.INTERNAL):
    return not error.has_error_info  # The stream broke on the way.
  return (error.code in (_Code.UNAVAILABLE, _Code.CANCELLED) or
          _is_limited(error) or error.reason == 'MAX_WAIT_EXCEEDED')


def should_read_again(error: GatewayError) -> bool:
  """Whether to repeat a Get or List. gRPC itself has repeated UNAVAILABLE."""
  return error.code == _Code.CANCELLED or _is_limited(error)


def should_cancel_again(error: GatewayError) -> bool:
  """Whether to repeat a Cancel, which is harmless."""
  return error.code == _Code.UNAVAILABLE or should_read_again(error)


class CreateOutcome(enum.Enum):
  """What a failed create has done."""
  RETRY = 'nothing was created; a retry may succeed'
  FAIL = 'nothing was created; a retry fails the same way'
  UNKNOWN = 'a prediction may have been created'


def outcome_of_create(error: GatewayError) -> CreateOutcome:
  if not error.has_error_info or error.code in (
      _Code.UNKNOWN, _Code.INTERNAL, _Code.DEADLINE_EXCEEDED):
    return CreateOutcome.UNKNOWN
  if error.code == _Code.UNAVAILABLE or _is_limited(error):
    return CreateOutcome.RETRY
  return CreateOutcome.FAIL


def _is_limited(error: GatewayError) -> bool:
  return (error.code == _Code.RESOURCE_EXHAUSTED and
          error.retry_delay is not None)


class Retries:
  """The time that one call has, and the delays between its attempts."""

  def __init__(self, timeout: float, attempts: Optional[int] = None, *,
               now: Callable[[], float] = time.monotonic,
               uniform: Callable[[float, float], float] = random.uniform
               ) -> None:
    """Up to `timeout` seconds, and `attempts` if given."""
    self._attempts = attempts
    self._now = now
    self._uniform = uniform
    self._end = now() + timeout
    self._max_delay = _FIRST_DELAY

  def remaining(self) -> float:
    """Seconds, at least 0."""
    return max(0.0, self._end - self._now())

  def reset(self) -> None:
    """Restarts the backoff, after a success."""
    self._max_delay = _FIRST_DELAY

  def delay_after(self, error: GatewayError) -> Optional[float]:
    """How many seconds to wait before the next attempt. None: it was the last.
    """
    if self._attempts is not None:
      self._attempts -= 1
      if self._attempts <= 0:
        return None
    delay = error.retry_delay
    if delay is None:
      delay = self._max_delay * self._uniform(0.5, 1)
      self._max_delay = min(self._max_delay * 2, _MAX_DELAY)
    return delay if delay < self.remaining() else None
