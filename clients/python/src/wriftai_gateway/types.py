"""What calls return."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any, Optional, Tuple, TypedDict

from .v1 import predictions_pb2 as pb


class _WebhookSecret(TypedDict, total=False):
  secret: str


class Webhook(_WebhookSecret):
  """Where the upstream reports each change of status, signed with `secret`."""
  url: str


@dataclasses.dataclass(frozen=True)
class Model:
  """A model, at one version."""
  owner: str
  name: str
  version_number: Optional[int]


@dataclasses.dataclass(frozen=True)
class PredictionError:
  """Why a prediction failed. `detail_json` is exactly what the upstream sent."""
  source: str
  message: str
  detail_json: Optional[str]

  @property
  def detail(self) -> Any:
    return _parse(self.detail_json)


@dataclasses.dataclass(frozen=True)
class Prediction:
  """A prediction at one moment. Immutable.

  Attributes:
    status: the upstream's own word: 'pending', 'started', 'succeeded',
      'failed', or one that this version does not know.
    input_json, output_json: the payload exactly as the upstream sent it. None in
      lists and in updates before the payload is known.
    message: the protobuf message, with all fields.
  """
  id: str
  status: str
  model: Model
  created_at: Optional[datetime.datetime]
  updated_at: Optional[datetime.datetime]
  setup_time: Optional[str]
  execution_time: Optional[str]
  input_json: Optional[str] = dataclasses.field(repr=False)
  output_json: Optional[str] = dataclasses.field(repr=False)
  error: Optional[PredictionError]
  logs: Optional[Tuple[str, ...]] = dataclasses.field(repr=False)
  setup_logs: Optional[Tuple[str, ...]] = dataclasses.field(repr=False)
  url: Optional[str]
  inexact_fields: Tuple[str, ...]
  message: Any = dataclasses.field(repr=False, compare=False)

  @property
  def input(self) -> Any:
    """The parsed input. Integers of any size are exact, floats are doubles."""
    return _parse(self.input_json)

  @property
  def output(self) -> Any:
    """The parsed output, None until the prediction has succeeded."""
    return _parse(self.output_json)

  @property
  def has_ended(self) -> bool:
    return self.message.status in (pb.PREDICTION_STATUS_SUCCEEDED,
                                   pb.PREDICTION_STATUS_FAILED)


@dataclasses.dataclass(frozen=True)
class Update:
  """The state of a prediction, when and how the gateway received it.

  Attributes:
    sequence: the number of this update, starting at 1. Also counts on when the
      client has waited again.
    source: 'GET', 'LIST', 'WEBHOOK' or 'CREATE'.
    interval: the current poll interval in seconds.
  """
  prediction: Prediction
  observed_at: Optional[datetime.datetime]
  source: str
  sequence: int
  interval: float


@dataclasses.dataclass(frozen=True)
class Page:
  """A page of predictions, newest first, without their payloads.

  An empty token means that there is no such page.
  """
  predictions: Tuple[Prediction, ...]
  next_page_token: str
  previous_page_token: str


def _parse(text: Optional[str]) -> Any:
  return None if text is None else json.loads(text)


def _optional(message: Any, field: str) -> Any:
  return getattr(message, field) if message.HasField(field) else None


def _time(message: Any, field: str) -> Optional[datetime.datetime]:
  if not message.HasField(field):
    return None
  time: datetime.datetime = getattr(message, field).ToDatetime()
  return time.replace(tzinfo=datetime.timezone.utc)


def _lines(message: Any, field: str) -> Optional[Tuple[str, ...]]:
  logs = _optional(message, field)
  return None if logs is None else tuple(logs.lines)


def to_prediction(message: Any) -> Prediction:
  """The Prediction of a message whose payloads are JSON text."""
  model, error = message.model, _optional(message, 'error')
  return Prediction(
      id=message.id,
      status=message.status_text,
      model=Model(model.owner, model.name, _optional(model, 'version_number')),
      created_at=_time(message, 'created_at'),
      updated_at=_time(message, 'updated_at'),
      setup_time=_optional(message, 'setup_time'),
      execution_time=_optional(message, 'execution_time'),
      input_json=_optional(message, 'input_json'),
      output_json=_optional(message, 'output_json'),
      error=error and PredictionError(error.source, error.message,
                                      _optional(error, 'detail_json')),
      logs=_lines(message, 'logs'),
      setup_logs=_lines(message, 'setup_logs'),
      url=_optional(message, 'url'),
      inexact_fields=tuple(message.inexact_fields),
      message=message)


def to_update(message: Any, sequence: int) -> Update:
  return Update(
      prediction=to_prediction(message.prediction),
      observed_at=_time(message, 'observed_at'),
      source=pb.Source.Name(message.source).replace('SOURCE_', ''),
      sequence=sequence,
      interval=message.interval.ToMilliseconds() / 1000)


def to_page(message: Any) -> Page:
  return Page(tuple(map(to_prediction, message.predictions)),
              message.next_page_token, message.previous_page_token)
