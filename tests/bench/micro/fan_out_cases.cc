// What one new state costs for all waiters of its prediction, up to the bytes
// that gRPC sends.

#include <cstdint>
#include <deque>
#include <utility>

#include "base/byte_budget.h"
#include "base/worker_pool.h"
#include "service/engine/prediction_encoder.h"
#include "service/rpc/update_codec.h"
#include "tests/bench/micro/measured.h"
#include "tests/bench/micro/sample_json.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/json/prediction_json.h"
#include "upstream/watch/prediction_watch.h"

namespace wriftai {
namespace {

// Encodes each update, as WaitReactor does.
class EncodingObserver : public PredictionObserver {
 public:
  explicit EncodingObserver(PredictionEncoder& encoder) : encoder_(encoder) {}

  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration interval) override {
    message_ = EncodeUpdate(
        *snapshot, encoder_.Find("owner", snapshot, v1::PAYLOAD_FORMAT_JSON),
        ++sequence_, interval);
  }
  void OnError(const absl::Status&) override {}

 private:
  PredictionEncoder& encoder_;
  int64_t sequence_ = 0;
  grpc::ByteBuffer message_;
};

void FanOut(benchmark::State& state) {
  const int64_t waiters = state.range(0);
  ManualEventLoop event_loop;
  WorkerPool workers(event_loop);
  ByteBudget budget(size_t{1} << 30);
  PredictionEncoder encoder(workers, budget);
  v1::Prediction prediction = *PredictionFromJson(SamplePrediction(600));
  uint64_t next_waiter = 0;
  PredictionWatch watch(prediction.id(), nullptr, event_loop, next_waiter);
  std::deque<EncodingObserver> observers;
  WatchOptions options;
  options.only_changes = true;
  for (int64_t i = 0; i < waiters; ++i) {
    watch.Subscribe(options, observers.emplace_back(encoder));
  }
  Measure(state, waiters, [&] {
    google::protobuf::Timestamp& updated = *prediction.mutable_updated_at();
    updated.set_seconds(updated.seconds() + 1);
    watch.Apply(prediction, v1::SOURCE_WEBHOOK, event_loop.ThisInstant());
    event_loop.RunPosted();
  });
}

BENCHMARK(FanOut)->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace wriftai
