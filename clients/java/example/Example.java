import ai.wrift.predictions.v1.CreateAndWaitRequest;
import ai.wrift.predictions.v1.CreateRequest;
import ai.wrift.predictions.v1.PayloadFormat;
import ai.wrift.predictions.v1.Prediction;
import ai.wrift.predictions.v1.PredictionUpdate;
import ai.wrift.predictions.v1.PredictionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** Creates a prediction and waits for its end: Example TARGET MODEL INPUT_JSON. */
final class Example {
  public static void main(String[] arguments) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(arguments[0])
            .usePlaintext()
            // The default allows 4 MiB.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
    try {
      System.out.println(run(channel, arguments[1], arguments[2]).getOutputJson());
    } catch (StatusRuntimeException error) {
      System.err.println(error.getStatus());
      System.exit(1);
    } finally {
      channel.shutdownNow();
    }
  }

  private static Prediction run(ManagedChannel channel, String model, String input) {
    CreateRequest create =
        CreateRequest.newBuilder()
            .setModel(model)
            .setInputJson(input)
            .setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_JSON)
            .build();
    Iterator<PredictionUpdate> updates =
        PredictionsGrpc.newBlockingStub(channel)
            .withDeadlineAfter(2, TimeUnit.HOURS)
            .createAndWait(CreateAndWaitRequest.newBuilder().setCreate(create).build());
    Prediction last = Prediction.getDefaultInstance();
    while (updates.hasNext()) {
      last = updates.next().getPrediction();
      System.out.println(last.getStatusText());
    }
    return last;
  }
}
