import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { grpc } from './modules.mjs';

// OpenTelemetry's own code, generated from its definitions.
const { opentelemetry } = createRequire(import.meta.url)(
    '@opentelemetry/otlp-transformer/build/src/generated/root.js');
const { ExportTraceServiceRequest, ExportTraceServiceResponse } =
    opentelemetry.proto.collector.trace.v1;

const SERVICE = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes) => ExportTraceServiceRequest.decode(bytes),
    responseSerialize: (response) =>
      Buffer.from(ExportTraceServiceResponse.encode(response).finish()),
  },
};

// Generous: only keeps a hang from lasting forever.
const TIMEOUT_MS = 15_000;

export const KIND = { INTERNAL: 1, SERVER: 2, CLIENT: 3 };
export const ERROR = 2;

const hex = (bytes) => Buffer.from(bytes ?? []).toString('hex');

function attributesOf(list) {
  return Object.fromEntries(list.map(({ key, value }) =>
    [key, value.stringValue ?? Number(value.intValue)]));
}

function plain(span, resource) {
  return {
    traceId: hex(span.traceId), spanId: hex(span.spanId),
    parentId: hex(span.parentSpanId), tracestate: span.traceState,
    flags: span.flags, name: span.name, kind: span.kind,
    start: BigInt(span.startTimeUnixNano.toString()),
    end: BigInt(span.endTimeUnixNano.toString()),
    status: span.status?.code ?? 0, attributes: attributesOf(span.attributes),
    events: span.events.map(({ name, attributes }) =>
      ({ name, ...attributesOf(attributes) })),
    links: span.links.map(({ traceId, spanId }) =>
      ({ traceId: hex(traceId), spanId: hex(spanId) })),
    resource,
  };
}

/** A collector inside the test: an OTLP server that is not ours. */
export class Collector {
  /**
   * `port`: 0 for a free one. `credentials`: grpc.ServerCredentials, by default
   * plaintext. `respond`: gets the number of the export, from 1; returns the
   * error or the response; undefined takes the spans.
   */
  static async start({
    port = 0, credentials = grpc.ServerCredentials.createInsecure(),
    respond = () => undefined,
  } = {}) {
    const collector = new Collector();
    collector.#server.addService(SERVICE, {
      Export: (call, done) => collector.#export(call, done, respond),
    });
    collector.port = await promisify(collector.#server.bindAsync)
        .call(collector.#server, `127.0.0.1:${port}`, credentials);
    return collector;
  }

  #server = new grpc.Server();
  exports = 0;
  /** The metadata of each export. */
  metadata = [];
  spans = [];

  get endpoint() {
    return `http://127.0.0.1:${this.port}`;
  }

  async #export(call, done, respond) {
    const number = ++this.exports;
    this.metadata.push(call.metadata.getMap());
    const response = await respond(number);
    if (response instanceof Error) return done(response);
    for (const { resource, scopeSpans } of call.request.resourceSpans) {
      for (const { spans } of scopeSpans) {
        this.spans.push(...spans.map(
            (span) => plain(span, attributesOf(resource.attributes))));
      }
    }
    done(null, response ?? {});
  }

  /** Resolves with what `find` returns, once it is neither false nor null. */
  async until(find, what) {
    const end = Date.now() + TIMEOUT_MS;
    for (;;) {
      const found = find(this.spans);
      if (found) return found;
      if (Date.now() > end) {
        throw new Error(`no ${what} among ${JSON.stringify(
            this.spans.map(({ name, attributes }) => [name, attributes]))}`);
      }
      await sleep(10);
    }
  }

  /** The server span of the call with this request id. */
  spanOf(requestId) {
    return this.until(
        (spans) => spans.find(({ kind, attributes }) =>
          kind === KIND.SERVER &&
          attributes['wriftai.request_id'] === requestId),
        `span of the call ${requestId}`);
  }

  /** The spans of a trace by their start, once there are `count`. */
  trace(traceId, count) {
    return this.until((spans) => {
      const trace = spans.filter((span) => span.traceId === traceId);
      return trace.length >= count &&
          trace.sort((a, b) => Number(a.start - b.start));
    }, `${count} spans of the trace ${traceId}`);
  }

  stop() {
    this.#server.forceShutdown();
  }
}

/** An error of a gRPC server; `details`: grpc-status-details-bin. */
export function rpcError(code, details) {
  const metadata = new grpc.Metadata();
  if (details) metadata.set('grpc-status-details-bin', details);
  return Object.assign(new Error('the collector says no'), { code, metadata });
}
