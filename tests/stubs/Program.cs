using System;
using Google.Protobuf.Reflection;
using WriftAI.Predictions.V1;

static class Program {
  static void Main() {
    Expect("Succeeded", PredictionStatus.Succeeded.ToString());
    // The reason of an ErrorInfo is the original name.
    var field = typeof(ErrorReason).GetField(ErrorReason.RateLimited.ToString());
    var attribute = (OriginalNameAttribute)Attribute.GetCustomAttribute(
        field, typeof(OriginalNameAttribute));
    Expect("RATE_LIMITED", attribute.Name);
  }

  static void Expect(string expected, string actual) {
    if (expected != actual) {
      throw new Exception("expected " + expected + ", got " + actual);
    }
  }
}
