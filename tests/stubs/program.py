import grpc
from google.rpc import error_details_pb2, status_pb2
from wriftai.predictions.v1 import predictions_pb2 as v1
from wriftai.predictions.v1 import predictions_pb2_grpc

prediction = v1.Prediction(status=v1.PREDICTION_STATUS_SUCCEEDED)
assert v1.Prediction.FromString(prediction.SerializeToString()) == prediction
assert v1.ErrorReason.Name(v1.RATE_LIMITED) == 'RATE_LIMITED'

predictions = predictions_pb2_grpc.PredictionsStub(
    grpc.insecure_channel('localhost:1'))
for name in 'Get', 'Create', 'List', 'Cancel', 'Wait', 'CreateAndWait':
  assert callable(getattr(predictions, name))
assert predictions_pb2_grpc.PredictionsServicer

status = status_pb2.Status()
status.details.add().Pack(error_details_pb2.ErrorInfo(reason='RATE_LIMITED'))
