"""Bases of test cases that run with both clients of the package."""

from __future__ import annotations

import asyncio
import inspect
import threading
import unittest
from typing import Any, Callable

from wriftai_gateway import AsyncClient, Client


class BlockingClient:
  """An AsyncClient with the synchronous client's interface.

  Its event loop runs in a thread of its own.
  """

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    self.predictions = self
    self._loop = asyncio.new_event_loop()
    self._thread = threading.Thread(target=self._loop.run_forever)
    self._thread.start()

    async def create() -> AsyncClient:
      return AsyncClient(*args, **kwargs)

    try:
      self._client = self._run(create())
    except BaseException:
      self._end()
      raise

  def close(self) -> None:
    self._run(self._client.close())
    self._end()

  def __getattr__(self, name: str) -> Callable[..., Any]:
    method = getattr(self._client.predictions, name)

    def call(*args: Any, **kwargs: Any) -> Any:
      result = method(*args, **kwargs)
      if inspect.isasyncgen(result):
        return self._iterate(result)
      return self._run(result)

    return call

  def _iterate(self, generator: Any) -> Any:
    try:
      while True:
        try:
          yield self._run(generator.__anext__())
        except StopAsyncIteration:
          return
    finally:
      self._run(generator.aclose())

  def _run(self, coroutine: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

  def _end(self) -> None:
    self._loop.call_soon_threadsafe(self._loop.stop)
    self._thread.join()
    self._loop.close()


class SyncCase(unittest.TestCase):
  """The base of a test case that runs with Client."""

  client_type: Callable[..., Any] = Client

  def connect(self, *args: Any, **kwargs: Any) -> Any:
    """Returns the predictions of a new client, closed after the test."""
    client = type(self).client_type(*args, **kwargs)
    self.addCleanup(client.close)
    return client.predictions


class AsyncCase(SyncCase):
  """The base of a test case that runs with AsyncClient."""

  client_type = BlockingClient
