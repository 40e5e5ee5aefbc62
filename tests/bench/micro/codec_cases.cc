// What a response costs from the upstream's JSON to the caller's bytes.

#include <string>
#include <utility>

#include "base/byte_budget.h"
#include "base/credential.h"
#include "base/worker_pool.h"
#include "service/engine/prediction_wire.h"
#include "service/rpc/page_token.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/update_codec.h"
#include "tests/bench/micro/measured.h"
#include "tests/bench/micro/sample_json.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

const Instant kObserved = {absl::FromUnixSeconds(1'800'000'000),
                           absl::FromUnixSeconds(1'800'000'000)};

void DecodePrediction(benchmark::State& state) {
  const std::string json = SamplePrediction(state.range(0));
  Measure(state, 1, [&] {
    auto prediction = PredictionFromJson(json);
    if (!prediction.ok()) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(prediction);
  });
}

void PredictionToBytes(benchmark::State& state, v1::PayloadFormat format) {
  const std::string json = SamplePrediction(state.range(0));
  Measure(state, 1, [&] {
    const SnapshotPtr snapshot =
        MakeSnapshot(*PredictionFromJson(json), v1::SOURCE_GET, kObserved);
    const auto bytes = std::make_shared<const EncodedPrediction>(
        EncodePredictionParts(format, snapshot->prediction));
    benchmark::DoNotOptimize(BufferOf(bytes));
  });
}

void PageToBytes(benchmark::State& state) {
  const std::string json = SamplePage(static_cast<int>(state.range(0)));
  const Credential credential{Secret("token")};
  Measure(state, 1, [&] {
    benchmark::DoNotOptimize(
        Encode(CutPage(*PredictionPageFromJson(json), {},
                       static_cast<int>(state.range(0)), credential)));
  });
}

BENCHMARK(DecodePrediction)->Arg(600)->Arg(20'000)->Arg(2'000'000);
BENCHMARK_CAPTURE(PredictionToBytes, json, v1::PAYLOAD_FORMAT_JSON)
    ->Arg(600)
    ->Arg(20'000)
    ->Arg(2'000'000);
BENCHMARK_CAPTURE(PredictionToBytes, value, v1::PAYLOAD_FORMAT_VALUE)
    ->Arg(600)
    ->Arg(20'000)
    ->Arg(2'000'000);
BENCHMARK(PageToBytes)->Arg(50);

}  // namespace
}  // namespace wriftai
