// Receives any bytes as the body of a delivery with a valid signature. Either a
// prediction reaches the sink, or the delivery is rejected and nothing does.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/event_loop.h"
#include "base/uuid.h"
#include "tests/fuzz/check.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {
namespace {

constexpr int64_t kNow = 1729168452;

// A clock that never advances; cannot run tasks.
class StoppedClock : public EventLoop {
 public:
  absl::Time Now() const override { return absl::UnixEpoch(); }
  absl::Time WallNow() const override { return absl::FromUnixSeconds(kNow); }
  void Post(Task) override { FUZZ_CHECK(false); }
  void PostIdle(Task) override { FUZZ_CHECK(false); }
  TimerHandle RunAt(absl::Time, Task) override { return nullptr; }
  bool OnLoopThread() const override { return false; }
};

class CheckingSink : public WebhookSink {
 public:
  bool TryPush(v1::Prediction prediction) override {
    FUZZ_CHECK(UuidFromText(prediction.id()) == prediction.id());
    v1::Prediction read;
    FUZZ_CHECK(read.ParseFromString(prediction.SerializeAsString()));
    ++count;
    return true;
  }
  int count = 0;
};

void CheckBody(absl::string_view body) {
  const auto secrets =
      std::make_shared<const std::vector<Secret>>(1, Secret("key"));
  const StoppedClock clock;
  CheckingSink sink;
  WebhookReceiver receiver(
      {}, [&] { return secrets; }, clock, sink);
  const std::string signature =
      absl::StrCat("t=", kNow, ",v1=",
                   absl::BytesToHexString(HmacSha256(
                       secrets->front(), absl::StrCat(kNow, ".", body))));
  const auto accepted = receiver.AcceptHead("POST", kWebhookPath, {signature});
  const auto& head = std::get<WebhookReceiver::AcceptedHead>(accepted);
  const WebhookOutcome outcome = receiver.Receive(head, body);
  FUZZ_CHECK(outcome == WebhookOutcome::kAccepted ||
             outcome == WebhookOutcome::kNotAPrediction);
  FUZZ_CHECK(sink.count == (outcome == WebhookOutcome::kAccepted ? 1 : 0));

  FUZZ_CHECK(receiver.Receive(head, absl::StrCat(body, " ")) ==
             WebhookOutcome::kBadSignature);
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckBody({reinterpret_cast<const char*>(data), size});
  return 0;
}
