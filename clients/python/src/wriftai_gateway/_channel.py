"""How the clients connect: options, TLS, tokens."""

from __future__ import annotations

import os
import pathlib
import pkgutil
import re
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

import grpc

Token = Union[str, Callable[[], str]]
Options = Sequence[Tuple[str, Any]]
_Path = Union[str, 'os.PathLike[str]']


def tls(ca_file: Optional[_Path] = None, cert_file: Optional[_Path] = None,
        key_file: Optional[_Path] = None) -> grpc.ChannelCredentials:
  """Credentials from PEM files, which are read once.

  Args:
    ca_file: the CAs that the gateway's certificate may be from. Default: the
      ones that gRPC brings.
    cert_file, key_file: the client's certificate and its key, for mTLS.
  """
  if (cert_file is None) != (key_file is None):
    raise ValueError('cert_file requires key_file, and key_file cert_file')
  ca, key, cert = (path and pathlib.Path(path).read_bytes()
                   for path in (ca_file, key_file, cert_file))
  return grpc.ssl_channel_credentials(ca, key, cert)


def channel_options(options: Options) -> List[Tuple[str, Any]]:
  """The options that docs/clients.md gives reasons for, then the caller's."""
  config = pkgutil.get_data(__package__, 'service_config.json')
  assert config is not None
  return [
      ('grpc.service_config', config.decode()),
      # No third party should enable retries of creates.
      ('grpc.service_config_disable_resolution', 1),
      ('grpc.max_receive_message_length', -1),
      ('grpc.keepalive_time_ms', 30_000),
      ('grpc.keepalive_timeout_ms', 10_000),
      ('grpc.http2.max_pings_without_data', 0),
      ('grpc.max_reconnect_backoff_ms', 5_000),
      ('grpc.dns_min_time_between_resolutions_ms', 5_000),
      *options,
  ]


def metadata_of(token: Optional[Token]) -> Tuple[Tuple[str, str], ...]:
  """The metadata of one call. No error contains the token."""
  text = token() if callable(token) else token
  if text is None:
    return ()
  if not re.fullmatch(r'[!-~]+', text):
    raise ValueError('token: expected visible ASCII characters')
  return (('authorization', f'Bearer {text}'),)
