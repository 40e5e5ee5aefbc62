import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import assert from 'node:assert/strict';

import { ErrorInfoSchema } from './google/rpc/error_details_pb.js';
import { ErrorReason, Predictions, PredictionSchema, PredictionStatus }
  from './wriftai/predictions/v1/predictions_pb.js';

const prediction = create(PredictionSchema,
    {status: PredictionStatus.SUCCEEDED});
assert.deepEqual(
    fromBinary(PredictionSchema, toBinary(PredictionSchema, prediction)),
    prediction);

const reason = ErrorReason[ErrorReason.RATE_LIMITED];
assert.equal(create(ErrorInfoSchema, {reason}).reason, 'RATE_LIMITED');

const predictions = createClient(Predictions,
    createGrpcTransport({baseUrl: 'http://localhost:1'}));
assert.deepEqual(Object.keys(predictions),
    ['get', 'create', 'list', 'cancel', 'wait', 'createAndWait']);
