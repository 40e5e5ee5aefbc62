import { type ChannelCredentials, type ChannelOptions, credentials, Metadata }
  from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import config from './gen/service_config.json';

/** The WriftAI access token, or a function that returns the current one. */
export type Token = string | (() => string);

export interface ClientOptions {
  /** The token to send. Without one, the gateway uses its own. */
  token?: Token | undefined;
  /** Of the channel, such as tls(). Default: plaintext. */
  credentials?: ChannelCredentials | undefined;
  /** More channel options of grpc-js, which win over the client's. */
  channelOptions?: ChannelOptions | undefined;
}

export interface TlsFiles {
  /** The CAs that the gateway's certificate may be from. Default: Node's. */
  caFile?: string | undefined;
  /** The client's certificate, for mTLS; requires keyFile. */
  certFile?: string | undefined;
  keyFile?: string | undefined;
}

/** Credentials from PEM files, which are read once. */
export function tls({ caFile, certFile, keyFile }: TlsFiles = {}):
    ChannelCredentials {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new TypeError('certFile requires keyFile, and keyFile certFile');
  }
  const read = (path: string | undefined) =>
    path === undefined ? null : readFileSync(path);
  return credentials.createSsl(read(caFile), read(keyFile), read(certFile));
}

/** The options that docs/clients.md gives reasons for, then the caller's. */
export function channelOptions(more: ChannelOptions = {}): ChannelOptions {
  return {
    'grpc.service_config': JSON.stringify(config),
    // No third party should enable retries of creates.
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.dns_min_time_between_resolutions_ms': 5_000,
    ...more,
  };
}

/** The metadata of one call. No error contains the token. */
export function metadataOf(token: Token | undefined): Metadata {
  const metadata = new Metadata();
  const text = typeof token === 'function' ? token() : token;
  if (text !== undefined) {
    if (!/^[!-~]+$/.test(text)) {
      throw new TypeError('token: expected visible ASCII characters');
    }
    metadata.set('authorization', `Bearer ${text}`);
  }
  return metadata;
}
