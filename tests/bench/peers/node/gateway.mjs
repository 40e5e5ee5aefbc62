// A gateway as a good Node.js engineer writes it in an afternoon: one upstream
// request per call, without budget, cache, sharing or logs.
//
//   node gateway.mjs API_BASE_URL SCHEMA_FOLDER
import {loadPackageDefinition, Metadata, Server, ServerCredentials, status as Code} from '@grpc/grpc-js';
import {loadSync} from '@grpc/proto-loader';
import {Pool} from 'undici';

import {codeOf, isUuid, predictionOf} from './translate.mjs';

const [apiBaseUrl, schema] = process.argv.slice(2);
const api = new URL(apiBaseUrl);
const pool = new Pool(api.origin, {connections: 512, pipelining: 1});

const failure = (code, details) => Object.assign(new Error(details), {code, details, metadata: new Metadata()});

// Sends one request with the caller's token, and decodes the response.
async function call(rpc, method, path, body) {
  const headers = {};
  const [token] = rpc.metadata.get('authorization');
  if (token) headers.authorization = token;
  if (body) headers['content-type'] = 'application/json';
  let response;
  let text;
  try {
    response = await pool.request({path: api.pathname + path, method, headers, body, headersTimeout: 30_000});
    text = await response.body.text();
  } catch (error) {
    throw failure(Code.UNAVAILABLE, error.message);
  }
  if (response.statusCode < 200 || response.statusCode > 299) {
    throw failure(codeOf(response.statusCode), `upstream ${response.statusCode}: ${text.slice(0, 256)}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure(Code.INTERNAL, `upstream response: ${error.message}`);
  }
}

const handlers = {
  async Get(rpc) {
    const {id, payload_format} = rpc.request;
    if (!isUuid(id)) throw failure(Code.INVALID_ARGUMENT, 'id: expected a UUID');
    return predictionOf(await call(rpc, 'GET', `/predictions/${id}`), payload_format);
  },

  async List(rpc) {
    const {page_size, page_token} = rpc.request;
    if (page_size < 0) throw failure(Code.INVALID_ARGUMENT, 'page_size: expected at least 0');
    const query = new URLSearchParams({page_size: Math.min(page_size || 25, 50)});
    if (page_token) query.set('cursor', page_token);
    const page = await call(rpc, 'GET', `/predictions?${query}`);
    return {
      predictions: page.items.map((item) => predictionOf(item, 2)),
      next_page_token: page.next_cursor ?? '',
      previous_page_token: page.previous_cursor ?? '',
    };
  },

  async Create(rpc) {
    const {model, input, input_json, payload_format} = rpc.request;
    let parsed;
    try {
      parsed = input ? plainOf(input) : JSON.parse(input_json);
    } catch {
      throw failure(Code.INVALID_ARGUMENT, 'input_json: expected valid JSON');
    }
    if (!model) throw failure(Code.INVALID_ARGUMENT, 'model: expected owner/name');
    const body = JSON.stringify({model, input: parsed});
    return predictionOf(await call(rpc, 'POST', '/predictions', body), payload_format);
  },
};

function plainOf(value) {
  if (value.structValue) {
    return Object.fromEntries(Object.entries(value.structValue.fields).map(([key, item]) => [key, plainOf(item)]));
  }
  if (value.listValue) return value.listValue.values.map(plainOf);
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}

// A method of grpc-js from an async function.
const unary = (handler) => (rpc, callback) =>
  handler(rpc).then((response) => callback(null, response), callback);

const definition = loadSync('wriftai/predictions/v1/predictions.proto', {
  includeDirs: [schema], keepCase: true, longs: Number, enums: Number,
});
const {Predictions} = loadPackageDefinition(definition).wriftai.predictions.v1;
const server = new Server({'grpc.max_receive_message_length': 16 << 20});
server.addService(Predictions.service, Object.fromEntries(
  Object.entries(handlers).map(([name, handler]) => [name, unary(handler)])));
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`gRPC listens on 127.0.0.1:${port}`);
});
