/**
 * Client of the WriftAI gateway.
 *
 *     import { Client } from '@wriftai/gateway';
 *
 *     const client = new Client('localhost:50051');
 *     const prediction = await client.predictions.create({
 *       model: 'deepseek-ai/deepseek-r1', input: {prompt: 'Hello'}, wait: true,
 *     });
 *     console.log(prediction.output);
 */
export { type ClientOptions, tls, type TlsFiles, type Token } from './channel.js';
export { Client } from './client.js';
export { CreateOutcomeUnknown, type FieldViolation, GatewayError }
  from './errors.js';
export { type CallOptions, type CreateOptions, type ListOptions, Predictions,
         type UpdatesOptions, type WaitOptions } from './predictions.js';
export { type Json, type Model, type Page, Prediction, type PredictionError,
         type Update } from './types.js';
/** The generated messages. */
export * as v1 from './gen/wriftai/predictions/v1/predictions_pb.js';
