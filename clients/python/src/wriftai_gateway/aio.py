"""The client for asyncio. Each method is the same as in client.py."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, AsyncGenerator, AsyncIterator, Callable, Optional

import grpc
import grpc.aio

from . import _create, _wait
from ._channel import Options, Token, channel_options, metadata_of
from ._retry import (MAX_READ_ATTEMPTS, Retries, should_cancel_again,
                     should_read_again)
from .client import READ_TIMEOUT
from .errors import CreateOutcomeUnknown, GatewayError, from_rpc_error
from .types import Page, Prediction, Update, Webhook, to_page, to_prediction
from .v1 import PredictionsStub
from .v1 import predictions_pb2 as pb


class AsyncClient:
  """A connection to the gateway, for one event loop: create it in a coroutine.
  Closes it at the end of an `async with` block.
  """

  def __init__(self, target: str = 'localhost:50051', *,
               token: Optional[Token] = None,
               credentials: Optional[grpc.ChannelCredentials] = None,
               options: Options = ()) -> None:
    """As Client."""
    all_options = channel_options(options)
    self._channel = (
        grpc.aio.insecure_channel(target, all_options)
        if credentials is None else
        grpc.aio.secure_channel(target, credentials, all_options))
    self.predictions = AsyncPredictions(self._channel, token)

  async def close(self) -> None:
    """Disconnects, and cancels the calls in progress."""
    await self._channel.close()

  async def __aenter__(self) -> AsyncClient:
    return self

  async def __aexit__(self, *_: Any) -> None:
    await self.close()


class AsyncPredictions:
  """As Predictions. Cancelling a task cancels its call, never a prediction."""

  def __init__(self, channel: grpc.aio.Channel, token: Optional[Token]) -> None:
    self._stub: Any = PredictionsStub(
        channel)  # type: ignore[no-untyped-call]
    self._token = token

  async def get(self, id: str, *, timeout: float = READ_TIMEOUT) -> Prediction:
    request = pb.GetRequest(id=id, payload_format=pb.PAYLOAD_FORMAT_JSON)
    return to_prediction(
        await self._call(self._stub.Get, request, timeout, should_read_again))

  async def create(self, model: str, input: Any = _create.UNSET, *,
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
    """As Predictions.create(). `on_poll` may be a coroutine function."""
    create = _create.Create(
        _create.create_request(model, input, input_json, webhook,
                               validate_input, server_wait, request_id),
        if_unknown, timeout)
    prediction = await self._send(create)
    if not wait:
      return prediction
    return await self.wait(prediction.id, on_poll=on_poll,
                           poll_interval=poll_interval, timeout=wait_timeout)

  async def wait(self, id: str, *,
                 on_poll: Optional[Callable[[Prediction], object]] = None,
                 poll_interval: Optional[float] = None,
                 timeout: float = _wait.WAIT_TIMEOUT) -> Prediction:
    """As Predictions.wait(). `on_poll` may be a coroutine function."""
    last = None
    updates = self.updates(id, poll_interval=poll_interval,
                           only_changes=on_poll is None, timeout=timeout)
    try:
      async for last in updates:
        if on_poll is not None:
          result = on_poll(last.prediction)
          if inspect.isawaitable(result):
            await result
    finally:
      await updates.aclose()
    return _wait.ended(last, id)

  async def updates(self, id: str, *, poll_interval: Optional[float] = None,
                    only_changes: bool = False,
                    timeout: float = _wait.WAIT_TIMEOUT
                    ) -> AsyncGenerator[Update, None]:
    wait = _wait.Wait(id, timeout, poll_interval, only_changes)
    while True:
      call = self._stub.Wait(wait.request, timeout=wait.remaining(),
                             metadata=metadata_of(self._token))
      try:
        async for message in call:
          update = wait.update_of(message)
          if update is not None:
            yield update
        return
      except grpc.RpcError as error:
        delay = wait.delay_after(error)
      finally:
        call.cancel()
      await asyncio.sleep(delay)

  async def list(self, *, page_size: int = 0,
                 timeout: float = READ_TIMEOUT) -> AsyncIterator[Prediction]:
    page_token = ''
    while True:
      page = await self.list_page(page_size=page_size, page_token=page_token,
                                  timeout=timeout)
      for prediction in page.predictions:
        yield prediction
      page_token = page.next_page_token
      if not page_token:
        return

  async def list_page(self, *, page_size: int = 0, page_token: str = '',
                      timeout: float = READ_TIMEOUT) -> Page:
    request = pb.ListRequest(page_size=page_size, page_token=page_token)
    return to_page(
        await self._call(self._stub.List, request, timeout, should_read_again))

  async def cancel(self, id: str, *, timeout: float = READ_TIMEOUT) -> None:
    await self._call(self._stub.Cancel, pb.CancelRequest(id=id), timeout,
                     should_cancel_again)

  async def _call(self, method: Any, request: Any, timeout: float,
                  should_retry: Callable[[GatewayError], bool]) -> Any:
    retries = Retries(timeout, MAX_READ_ATTEMPTS)
    while True:
      try:
        return await method(request, timeout=retries.remaining(),
                            metadata=metadata_of(self._token))
      except grpc.RpcError as error:
        failure = from_rpc_error(error)
        delay = retries.delay_after(failure) if should_retry(failure) else None
        if delay is None:
          raise failure from error
      await asyncio.sleep(delay)

  async def _send(self, create: _create.Create) -> Prediction:
    while True:
      try:
        return to_prediction(await self._stub.Create(
            create.request, timeout=create.attempt_timeout(),
            metadata=metadata_of(self._token)))
      except grpc.RpcError as error:
        failure = create.failure_of(error)
      if isinstance(failure, CreateOutcomeUnknown):
        found = await self._find(create, failure)
        if found is not None:
          return found
      await asyncio.sleep(create.delay_after(failure))

  async def _find(self, create: _create.Create,
                  failure: CreateOutcomeUnknown) -> Optional[Prediction]:
    try:
      for delay in _create.SEARCH_DELAYS:
        await asyncio.sleep(delay)
        page_token, is_last = '', False
        while not is_last:
          page = await self.list_page(page_size=50, page_token=page_token)
          for one in create.candidates(page):
            found = await self.get(one.id)
            if create.has_created(found):
              return found
          page_token, is_last = page.next_page_token, create.is_last(page)
    except GatewayError as error:
      raise failure from error
    return None
