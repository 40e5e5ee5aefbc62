"""Waits and creates through a rolling restart of two gateways."""

import concurrent.futures
import json
import logging
import queue
import re
import threading
import unittest
import uuid

from clients import AsyncCase, SyncCase
from programs import Gateway, Sandbox

# Waits at a time, about half of them at each gateway.
WAITS = 20

# Only bounds a hang.
TIMEOUT = 90


class Restart:

  def start(self, address='127.0.0.1:0'):
    gateway = Gateway(self.sandbox.base_url, f'--listen_address={address}',
                      '--budget_share=0.5')
    self.addCleanup(gateway.kill)
    return gateway

  def setUp(self):
    self.sandbox = Sandbox()
    self.addCleanup(self.sandbox.stop)
    self.gateways = [self.start(), self.start()]
    addresses = ','.join(one.address for one in self.gateways)
    self.predictions = self.connect(f'ipv4:{addresses}')

  def restart(self, index):
    address = self.gateways[index].address
    self.gateways[index].stop()
    self.gateways[index] = self.start(address)

  def wait(self, waiting):
    """Creates and waits; puts the id into the queue once it has an update."""
    polled = []

    def on_poll(prediction):
      if not polled:
        waiting.put(prediction.id)
      polled.append(prediction)

    prediction = self.predictions.create(
        model='wriftai/echo', if_unknown='find_or_create', wait=True,
        input={'marker': str(uuid.uuid4()), 'sandbox': {'run_s': 3600}},
        poll_interval=0.1, on_poll=on_poll, wait_timeout=TIMEOUT)
    self.assertIs(polled[-1], prediction)
    return prediction

  def waits_through(self, disrupt):
    """Starts waits, disrupts the gateways, and ends the predictions.

    Returns the ids and the log of the client.
    """
    waiting = queue.Queue()
    with self.assertLogs('wriftai_gateway', logging.INFO) as logs, \
        concurrent.futures.ThreadPoolExecutor(WAITS) as threads:
      waits = [threads.submit(self.wait, waiting) for _ in range(WAITS)]
      ids = [waiting.get(timeout=TIMEOUT) for _ in waits]
      try:
        disrupt()
      finally:
        for id in ids:
          self.predictions.cancel(id)
      ended = [one.result(TIMEOUT) for one in waits]
    self.assertCountEqual([one.id for one in ended], ids)
    self.assertEqual({one.status for one in ended}, {'failed'})
    return ids, '\n'.join(logs.output)

  def test_waits_see_the_end_and_no_create_is_repeated(self):
    created, stop = [], threading.Event()

    def keep_creating():
      while not stop.is_set():
        created.append(self.predictions.create(
            model='wriftai/echo', input={'marker': str(uuid.uuid4())},
            if_unknown='find_or_create', wait=True))

    def restart_both():
      with concurrent.futures.ThreadPoolExecutor(1) as thread:
        creating = thread.submit(keep_creating)
        try:
          self.restart(0)
          self.restart(1)
        finally:
          stop.set()
        creating.result(TIMEOUT)

    ids, log = self.waits_through(restart_both)
    self.assertEqual({one.status for one in created}, {'succeeded'})
    # Each wait lost the gateway at which it began.
    self.assertLessEqual(
        set(ids), set(re.findall(r'waiting again for (\S+)', log)))
    self.assertIn('UNAVAILABLE DRAINING', log)
    markers = [json.loads(one['body'])['input']['marker']
               for one in self.sandbox.creates()]
    self.assertEqual(len(set(markers)), len(markers))
    self.assertEqual(len(markers), len(ids) + len(created))
    self.assertEqual(self.sandbox.stats()['predictions_created'], len(markers))

  def test_waits_see_the_end_after_a_crash(self):
    _, log = self.waits_through(self.gateways[0].kill)
    self.assertRegex(log, 'waiting again for .*: UNAVAILABLE: ')


class SyncRestartTest(Restart, SyncCase):
  pass


class AsyncRestartTest(Restart, AsyncCase):
  pass


if __name__ == '__main__':
  unittest.main()
