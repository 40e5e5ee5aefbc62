"""The synchronous client."""

from __future__ import annotations

import time
from typing import Any, Callable, Iterator, Optional

import grpc

from . import _create, _wait
from ._channel import Options, Token, channel_options, metadata_of
from ._retry import (MAX_READ_ATTEMPTS, Retries, should_cancel_again,
                     should_read_again)
from .errors import CreateOutcomeUnknown, GatewayError, from_rpc_error
from .types import Page, Prediction, Update, Webhook, to_page, to_prediction
from .v1 import PredictionsStub
from .v1 import predictions_pb2 as pb

# The gateway rejects a call that the rate limit would delay longer.
READ_TIMEOUT = 30.0


class Client:
  """A connection to the gateway, for any number of threads. Closes it at the
  end of a `with` block.

  Not for use after os.fork(): create one in each process.
  """

  def __init__(self, target: str = 'localhost:50051', *,
               token: Optional[Token] = None,
               credentials: Optional[grpc.ChannelCredentials] = None,
               options: Options = ()) -> None:
    """Connects when the first call needs it.

    Args:
      target: a gRPC target, such as
        'dns:///gateway.NAMESPACE.svc.cluster.local:50051'.
      token: the WriftAI access token to send, or a function that returns the
        current one. Without one, the gateway uses its own.
      credentials: of the channel, such as tls(). Default: plaintext.
      options: more channel options, which win over the client's.
    """
    all_options = channel_options(options)
    self._channel = (
        grpc.insecure_channel(target, all_options) if credentials is None else
        grpc.secure_channel(target, credentials, all_options))
    self.predictions = Predictions(self._channel, token)

  def close(self) -> None:
    """Disconnects. Calls in progress fail with CANCELLED."""
    self._channel.close()

  def __enter__(self) -> Client:
    return self

  def __exit__(self, *_: Any) -> None:
    self.close()


class Predictions:
  """The calls. All raise GatewayError, and take a timeout in seconds that
  includes all retries.
  """

  def __init__(self, channel: grpc.Channel, token: Optional[Token]) -> None:
    self._stub: Any = PredictionsStub(
        channel)  # type: ignore[no-untyped-call]
    self._token = token

  def get(self, id: str, *, timeout: float = READ_TIMEOUT) -> Prediction:
    """Returns one prediction with its payloads."""
    request = pb.GetRequest(id=id, payload_format=pb.PAYLOAD_FORMAT_JSON)
    return to_prediction(
        self._call(self._stub.Get, request, timeout, should_read_again))

  def create(self, model: str, input: Any = _create.UNSET, *,
             input_json: Optional[str] = None, wait: bool = False,
             on_poll: Optional[Callable[[Prediction], object]] = None,
             poll_interval: Optional[float] = None,
             webhook: Optional[Webhook] = None,
             validate_input: Optional[bool] = None,
             server_wait: Optional[int] = None,
             request_id: Optional[str] = None,
             if_unknown: _create.IfUnknown = 'raise',
             timeout: Optional[float] = None,
             wait_timeout: float = _wait.WAIT_TIMEOUT) -> Prediction:
    """Starts a prediction; returns it, usually pending, or ended if `wait`.

    Retries only if nothing was created. If a prediction may have been created,
    `if_unknown` decides: 'raise' CreateOutcomeUnknown; 'find' it in the list, by
    model and input, and raise if it is not there; or 'find_or_create', which
    may create a second one. Any other error of the create has created nothing;
    an error of the wait has the prediction's id.

    Args:
      model: 'owner/name', its latest version, or 'owner/name:version'.
      input: any JSON value, or `input_json`: its text, sent byte for byte.
      wait: whether to wait for the end, as wait() does, with `on_poll` and
        `poll_interval`, for up to `wait_timeout`.
      webhook: where the upstream reports changes, such as {'url': …}.
      validate_input: whether the upstream checks the input first.
      server_wait: how many seconds the upstream may hold its response.
      request_id: a UUID. The gateway creates once per id: one process of it,
        or all replicas that act as one.
    """
    create = _create.Create(
        _create.create_request(model, input, input_json, webhook,
                               validate_input, server_wait, request_id),
        if_unknown, timeout)
    prediction = self._send(create)
    if not wait:
      return prediction
    return self.wait(prediction.id, on_poll=on_poll,
                     poll_interval=poll_interval, timeout=wait_timeout)

  def wait(self, id: str, *,
           on_poll: Optional[Callable[[Prediction], object]] = None,
           poll_interval: Optional[float] = None,
           timeout: float = _wait.WAIT_TIMEOUT) -> Prediction:
    """Waits until the prediction has ended, through lost connections, and
    returns it, also if it failed. A timeout ends the wait, not the prediction.

    Args:
      on_poll: called with the prediction after each poll.
      poll_interval: seconds between polls, at least 0.1. Default: 1. A change of
        status comes at once.
    """
    last = None
    for last in self.updates(id, poll_interval=poll_interval,
                             only_changes=on_poll is None, timeout=timeout):
      if on_poll is not None:
        on_poll(last.prediction)
    return _wait.ended(last, id)

  def updates(self, id: str, *, poll_interval: Optional[float] = None,
              only_changes: bool = False,
              timeout: float = _wait.WAIT_TIMEOUT) -> Iterator[Update]:
    """Yields the updates that wait() sees, the ended prediction last."""
    wait = _wait.Wait(id, timeout, poll_interval, only_changes)
    while True:
      call = self._stub.Wait(wait.request, timeout=wait.remaining(),
                             metadata=metadata_of(self._token))
      try:
        for message in call:
          update = wait.update_of(message)
          if update is not None:
            yield update
        return
      except grpc.RpcError as error:
        delay = wait.delay_after(error)
      finally:
        call.cancel()
      time.sleep(delay)

  def list(self, *, page_size: int = 0,
           timeout: float = READ_TIMEOUT) -> Iterator[Prediction]:
    """Yields all predictions, newest first, without payloads.

    Args:
      page_size: how many to read with one call, up to 50. Default: 25.
      timeout: of each call.
    """
    page_token = ''
    while True:
      page = self.list_page(page_size=page_size, page_token=page_token,
                            timeout=timeout)
      yield from page.predictions
      page_token = page.next_page_token
      if not page_token:
        return

  def list_page(self, *, page_size: int = 0, page_token: str = '',
                timeout: float = READ_TIMEOUT) -> Page:
    """Returns one page; `page_token` is from an earlier one."""
    request = pb.ListRequest(page_size=page_size, page_token=page_token)
    return to_page(
        self._call(self._stub.List, request, timeout, should_read_again))

  def cancel(self, id: str, *, timeout: float = READ_TIMEOUT) -> None:
    """Requests cancellation; wait() sees the prediction end."""
    self._call(self._stub.Cancel, pb.CancelRequest(id=id), timeout,
               should_cancel_again)

  def _call(self, method: Any, request: Any, timeout: float,
            should_retry: Callable[[GatewayError], bool]) -> Any:
    retries = Retries(timeout, MAX_READ_ATTEMPTS)
    while True:
      try:
        return method(request, timeout=retries.remaining(),
                      metadata=metadata_of(self._token))
      except grpc.RpcError as error:
        failure = from_rpc_error(error)
        delay = retries.delay_after(failure) if should_retry(failure) else None
        if delay is None:
          raise failure from error
      time.sleep(delay)

  def _send(self, create: _create.Create) -> Prediction:
    while True:
      try:
        return to_prediction(self._stub.Create(
            create.request, timeout=create.attempt_timeout(),
            metadata=metadata_of(self._token)))
      except grpc.RpcError as error:
        failure = create.failure_of(error)
      if isinstance(failure, CreateOutcomeUnknown):
        found = self._find(create, failure)
        if found is not None:
          return found
      time.sleep(create.delay_after(failure))

  def _find(self, create: _create.Create,
            failure: CreateOutcomeUnknown) -> Optional[Prediction]:
    try:
      for delay in _create.SEARCH_DELAYS:
        time.sleep(delay)
        page_token, is_last = '', False
        while not is_last:
          page = self.list_page(page_size=50, page_token=page_token)
          for one in create.candidates(page):
            found = self.get(one.id)
            if create.has_created(found):
              return found
          page_token, is_last = page.next_page_token, create.is_last(page)
    except GatewayError as error:
      raise failure from error
    return None
