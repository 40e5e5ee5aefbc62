import ai.wrift.predictions.v1.ErrorReason;
import ai.wrift.predictions.v1.Prediction;
import ai.wrift.predictions.v1.PredictionStatus;
import ai.wrift.predictions.v1.PredictionsGrpc;
import ai.wrift.predictions.v1.PredictionsProto;

final class Program {
  public static void main(String[] arguments) throws Exception {
    Prediction prediction =
        Prediction.newBuilder()
            .setStatus(PredictionStatus.PREDICTION_STATUS_SUCCEEDED)
            .build();
    expect(prediction, Prediction.parseFrom(prediction.toByteArray()));
    expect("RATE_LIMITED", ErrorReason.RATE_LIMITED.name());
    expect("wriftai.predictions.v1", PredictionsProto.getDescriptor().getPackage());
    expect("wriftai.predictions.v1.Predictions", PredictionsGrpc.SERVICE_NAME);
    expect(6, PredictionsGrpc.getServiceDescriptor().getMethods().size());
  }

  private static void expect(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }
}
