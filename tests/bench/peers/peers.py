"""The servers that are compared, and how each starts."""

import hmac
import os
import sys
import time
import urllib.request

import upstream
from processes import Server

TIMEOUT_S = 10
KEY = 'key-of-the-benchmark'
READY = r'gRPC listens on [0-9.]+:(\d+)'
BUILD = 'build/release/bin'
FOLDER = os.path.dirname(os.path.abspath(__file__))

# The upstream of the benchmark has no rate limit. 64 responses of 2 MB take
# more than the default of --message_memory.
OUR_FLAGS = ('--listen_address=127.0.0.1:0', '--http_address=',
             '--read_rate=100000', '--create_rate=100000',
             '--message_memory=1073741824')


class Webhooks:
  """Where a gateway receives webhooks, and the key that signs them."""

  def __init__(self, folder):
    self.address = f'127.0.0.1:{upstream.free_port()}'
    self.key_file = os.path.join(folder, 'webhook.key')
    with open(self.key_file, 'w', encoding='utf-8') as file:
      file.write(KEY + '\n')
    os.chmod(self.key_file, 0o600)

  def flags(self):
    return [f'--webhook_address={self.address}',
            f'--webhook_public_url=http://{self.address}/webhooks/wriftai',
            f'--webhook_secret_file={self.key_file}']

  def deliver(self, event):
    """Sends an event, as the upstream does."""
    now = int(time.time())
    signature = hmac.new(KEY.encode(), f'{now}.{event}'.encode(), 'sha256')
    request = urllib.request.Request(
        f'http://{self.address}/webhooks/wriftai', event.encode(), {
            'content-type': 'application/json',
            'wriftai-webhook-signature':
                f't={now},v1={signature.hexdigest()}'})
    # Through no proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=TIMEOUT_S).close()


def start(peer, core, folder, api, response, webhooks=None, flags=()):
  """Starts a server.

  `response`: the file with what bare_grpc and bare_relay send. `webhooks`: for
  those that receive them. `flags`: more of wriftai-gateway.
  """
  command = command_of(peer, api, response, webhooks) + list(
      flags if peer == 'ours' else [])
  return Server(command, core, os.path.join(folder, peer + '.log'), READY)


def command_of(peer, api, response, webhooks):
  if peer == 'bare_grpc':
    return [f'{BUILD}/bare_grpc', response]
  if peer == 'relay':
    return [f'{BUILD}/bare_relay', api, response]
  if peer == 'go':
    return ['build/bench/go/gateway', api] + (
        [webhooks.address, webhooks.key_file] if webhooks else [])
  if peer == 'node':
    return ['node', f'{FOLDER}/node/gateway.mjs', api, 'proto']
  if peer == 'python':
    return [sys.executable, f'{FOLDER}/python/gateway.py', api]
  return [f'{BUILD}/wriftai-gateway', *OUR_FLAGS, f'--api_base_url={api}'] + (
      webhooks.flags() if webhooks else [])
