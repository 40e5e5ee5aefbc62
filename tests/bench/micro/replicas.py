"""Counts what a Get costs two replicas: the one that forwards it to the owner
of the token, and the owner."""

import os
import shutil

import gateway
from processes import Server
from upstream import free_port

ETCD = 'build/tools/usr/bin/etcd'
ETCD_READY = r'serving insecure client requests on [0-9.]+:(\d+)'
REPLICAS = ('owner', 'forwarding replica')


class Etcd:
  """One member, without data from an earlier run."""

  def __init__(self, folder):
    if not os.path.exists(ETCD):
      raise RuntimeError(f'{ETCD} is missing: run scripts/install.sh test')
    data = os.path.join(folder, 'etcd')
    shutil.rmtree(data, ignore_errors=True)
    self.endpoint, peer = (f'http://127.0.0.1:{free_port()}' for _ in range(2))
    self._server = Server(
        [ETCD, '--name=m0', f'--data-dir={data}',
         f'--listen-client-urls={self.endpoint}',
         f'--advertise-client-urls={self.endpoint}',
         f'--listen-peer-urls={peer}', f'--initial-advertise-peer-urls={peer}',
         f'--initial-cluster=m0={peer}'],
        gateway.ALL_CORES, os.path.join(folder, 'etcd.log'), ETCD_READY)

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    self._server.stop()


def count(folder, counter):
  """Only one replica at a time runs under the counter."""
  return {f'Get, 600 B: {name}': count_replica(folder, counter, name)
          for name in REPLICAS}


def count_replica(folder, counter, counted):
  with gateway.Upstream(folder) as api, Etcd(folder) as etcd:
    small = api.running(100)

    def start(name):
      prefix = counter.prefix() if name == counted else []
      return Server(
          prefix + [gateway.GATEWAY, *gateway.FLAGS, '--peer_address=127.0.0.1:0',
                    f'--etcd_endpoints={etcd.endpoint}',
                    f'--api_base_url={api.api}'],
          gateway.ALL_CORES, os.path.join(folder, f'{name}.log'), gateway.READY)

    with start('owner') as owner, gateway.Calls(owner.port) as calls:
      # The first call makes the only replica the owner of the token.
      calls.get(small)
      with start('forwarding replica') as other, \
          gateway.Calls(other.port) as forwarded:

        def get(count):
          for _ in range(count):
            forwarded.get(small)

        pid = owner.pid if counted == 'owner' else other.pid
        return gateway.count_calls(counter, pid, api, get)
