"""The upstreams.

nginx sends static responses, as cheaply as possible. wriftai-sandbox runs
predictions and sends webhooks.
"""

import os
import socket
import time

import documents
from processes import START_TIMEOUT_S, Server

SANDBOX = 'build/release/bin/wriftai-sandbox'
NGINX = 'build/tools/usr/sbin/nginx'

# `$` belongs to nginx. A POST cannot be served from a file.
CONFIG = '''
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type application/json;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=100 inactive=600s;
  open_file_cache_valid 600s;
  client_max_body_size 64m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {folder};
    error_page 404 = @missing;
    location @missing {{ return 404 '{{"detail":"Prediction not found."}}'; }}
    location = /v1/predictions {{
      if ($request_method = POST) {{ return 202 '{created}'; }}
      try_files /list.json =404;
    }}
    location /v1/ {{ try_files $uri =404; }}
  }}
}}
'''


def free_port():
  with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    return probe.getsockname()[1]


def start_nginx(folder, core, method, *responses):
  """Serves the documents to Get, or the only one to List or Create."""
  folder = os.path.abspath(os.path.join(folder, 'nginx'))
  os.makedirs(folder + '/v1/predictions', exist_ok=True)
  created = documents.compact(responses[0]) if method == 'Create' else ''
  if method != 'Create':
    for document in responses:
      path = ('/list.json' if method == 'List' else
              '/v1/predictions/' + document['id'])
      with open(folder + path, 'w', encoding='utf-8') as file:
        file.write(documents.compact(document))
  port = free_port()
  config = folder + '/nginx.conf'
  with open(config, 'w', encoding='utf-8') as file:
    file.write(CONFIG.format(folder=folder, port=port, created=created))
  return Nginx([NGINX, '-p', folder, '-c', config], core,
               folder + '/nginx.log', port)


def start_sandbox(folder, core):
  return Sandbox(
      [SANDBOX, '--listen_address=127.0.0.1:0', '--rate_limits=false',
       '--read_rate=100000', '--create_rate=100000', '--recent_requests=0'],
      core, os.path.join(folder, 'sandbox.log'),
      r'listening on http://[0-9.]+:(\d+)')


class Sandbox(Server):

  @property
  def api(self):
    return f'http://127.0.0.1:{self.port}/v1'


class Nginx(Server):
  """nginx says nothing when it is ready, so its port is probed."""

  def __init__(self, command, core, log, port):
    self._port = port
    super().__init__(command, core, log, '')

  def _await(self, ready):
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and self._process.poll() is None:
      with socket.socket() as probe:
        if probe.connect_ex(('127.0.0.1', self._port)) == 0:
          return self._port
      time.sleep(0.02)
    with open(self._log, encoding='utf-8') as output:
      raise RuntimeError(f'nginx is not ready: {output.read()}')

  @property
  def api(self):
    return f'http://127.0.0.1:{self.port}/v1'
