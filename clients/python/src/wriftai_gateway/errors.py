"""Errors of calls, with their details decoded."""

from __future__ import annotations

import dataclasses
from typing import Any, Mapping, Optional, Tuple

import grpc
from google.protobuf.message import DecodeError

from . import _error_details_pb2 as details_pb2


@dataclasses.dataclass(frozen=True)
class FieldViolation:
  """A field of the request that is invalid, and what was expected."""
  field: str
  description: str


class GatewayError(Exception):
  """A call failed. docs/errors.md in the gateway's repository has all reasons.

  Attributes:
    code: gRPC's code, which says what to do.
    message: the description.
    reason: the name of an ErrorReason, such as 'INVALID_FIELD', which says why.
      Empty if the error comes from gRPC itself, as when a connection is lost.
    domain: 'wrift.ai' for errors of the upstream, 'gateway.wriftai' for errors
      of the gateway.
    metadata: more facts, such as 'gateway_request_id' and 'http_status'.
    field_violations: the invalid fields of the request.
    retry_delay: in how many seconds to retry. None if the gateway gave no time.
    prediction_id: the prediction, if the call has created one or waited for
      one.
    status_details: the serialized google.rpc.Status, for other details.
  """

  def __init__(self, code: grpc.StatusCode, message: str,
               status_details: bytes = b'', prediction_id: str = '') -> None:
    super().__init__(code, message)
    self.code = code
    self.message = message
    self.status_details = status_details
    self.reason = ''
    self.domain = ''
    self.metadata: Mapping[str, str] = {}
    self.field_violations: Tuple[FieldViolation, ...] = ()
    self.retry_delay: Optional[float] = None
    self._decode(status_details)
    self.prediction_id = self.metadata.get('prediction_id', prediction_id)

  @property
  def has_error_info(self) -> bool:
    """Whether the gateway sent the error, not gRPC itself."""
    return bool(self.reason)

  def __str__(self) -> str:
    kind = ' '.join(filter(None, (self.code.name, self.reason)))
    violations = ''.join(f'\n{one.field or "request"}: {one.description}'
                         for one in self.field_violations
                         if one.description not in self.message)
    return f'{kind}: {self.message}{violations}'

  def _decode(self, status_details: bytes) -> None:
    try:
      details = details_pb2.Status.FromString(status_details).details
      for detail in details:
        kind = detail.type_url.rpartition('/')[2]
        if kind == 'google.rpc.ErrorInfo':
          info = details_pb2.ErrorInfo.FromString(detail.value)
          self.reason, self.domain = info.reason, info.domain
          self.metadata = dict(info.metadata)
        elif kind == 'google.rpc.BadRequest':
          bad_request = details_pb2.BadRequest.FromString(detail.value)
          self.field_violations = tuple(
              FieldViolation(one.field, one.description)
              for one in bad_request.field_violations)
        elif kind == 'google.rpc.RetryInfo':
          retry = details_pb2.RetryInfo.FromString(detail.value).retry_delay
          self.retry_delay = max(0, retry.seconds + retry.nanos / 1e9)
    except DecodeError:
      pass  # A proxy's trailer: the code and the message remain.


class CreateOutcomeUnknown(GatewayError):
  """A create failed, and the upstream may have created the prediction.

  Creating again may pay twice: look in the list first. `request_id` is the
  create's.
  """

  def __init__(self, error: GatewayError, request_id: str) -> None:
    super().__init__(error.code, error.message, error.status_details,
                     error.prediction_id)
    self.request_id = request_id


def from_rpc_error(error: Any, prediction_id: str = '') -> GatewayError:
  """The GatewayError of a grpc.RpcError."""
  status_details = b''
  for name, value in error.trailing_metadata() or ():
    if name == 'grpc-status-details-bin':
      status_details = value
  return GatewayError(error.code(), error.details() or '', status_details,
                      prediction_id)
