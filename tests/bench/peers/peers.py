"""The servers that are compared, and how each starts."""

import os
import sys

from processes import Server

READY = r'gRPC listens on [0-9.]+:(\d+)'
BUILD = 'build/release/bin'
FOLDER = os.path.dirname(os.path.abspath(__file__))

# The upstream of the benchmark has no rate limit. 64 responses of 2 MB take more
# than the default of --message_memory.
OUR_FLAGS = ('--listen_address=127.0.0.1:0', '--http_address=',
             '--read_rate=100000', '--create_rate=100000',
             '--message_memory=1073741824')


def start(peer, core, folder, api, response, flags=()):
  """Starts a server. `response`: the file with what bare_grpc sends."""
  log = os.path.join(folder, peer + '.log')
  command, environment = command_of(peer, api, response, flags)
  return Server(command, core, log, READY, environment)


def command_of(peer, api, response, flags):
  if peer == 'bare_grpc':
    return [f'{BUILD}/bare_grpc', response], None
  if peer == 'go':
    return ['build/bench/go/gateway', api], None
  if peer == 'node':
    return ['node', f'{FOLDER}/node/gateway.mjs', api, 'proto'], None
  if peer == 'python':
    return [sys.executable, f'{FOLDER}/python/gateway.py', api], None
  return [f'{BUILD}/wriftai-gateway', *OUR_FLAGS, f'--api_base_url={api}',
          *flags], None
