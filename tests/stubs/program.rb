require 'wriftai/predictions/v1/predictions_services_pb'

V1 = WriftAI::Predictions::V1

def expect(expected, actual)
  raise "expected #{expected}, got #{actual}" unless expected == actual
end

prediction = V1::Prediction.new(status: :PREDICTION_STATUS_SUCCEEDED)
expect prediction, V1::Prediction.decode(V1::Prediction.encode(prediction))
expect :RATE_LIMITED, V1::ErrorReason.lookup(V1::ErrorReason::RATE_LIMITED)
expect %i[Get Create List Cancel Wait CreateAndWait], V1::Predictions::Service.rpc_descs.keys
V1::Predictions::Stub.new('localhost:1', :this_channel_is_insecure)
