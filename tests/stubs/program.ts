import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';

import { ErrorInfoSchema } from './google/rpc/error_details_pb.js';
import { ErrorReason, PayloadFormat, type Prediction, Predictions,
  PredictionStatus } from './wriftai/predictions/v1/predictions_pb.js';

const predictions = createClient(Predictions,
    createGrpcTransport({baseUrl: 'http://localhost:1'}));

export async function hasSucceeded(id: string): Promise<boolean> {
  const prediction: Prediction =
      await predictions.get({id, payloadFormat: PayloadFormat.JSON});
  return prediction.status === PredictionStatus.SUCCEEDED;
}

export async function outputOf(id: string): Promise<string | undefined> {
  let output: string | undefined;
  for await (const { prediction } of predictions.wait({id})) {
    if (prediction?.outputPayload.case === 'outputJson') {
      output = prediction.outputPayload.value;
    }
  }
  return output;
}

export function isRateLimited(error: unknown): boolean {
  return error instanceof ConnectError &&
      error.code === Code.ResourceExhausted &&
      error.findDetails(ErrorInfoSchema)[0]?.reason ===
      ErrorReason[ErrorReason.RATE_LIMITED];
}
