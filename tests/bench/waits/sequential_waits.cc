#include "tests/bench/waits/sequential_waits.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "tests/bench/waits/naive_clients.h"
#include "tests/bench/waits/scene.h"

namespace wriftai::bench {
namespace {

// Much longer than any budget here delays a response.
constexpr absl::Duration kMaxDelay = absl::Seconds(30);

constexpr double kMinFraction = 0.1;
constexpr double kMaxFraction = 0.9;

// The delay of one wait; nullopt if it is lost.
std::optional<double> WaitOnce(v1::Predictions::Stub& stub,
                               const std::string& token,
                               absl::Duration run_time) {
  grpc::ClientContext context;
  Authorize(context, token);
  context.set_deadline(absl::ToChronoTime(absl::Now() + run_time + kMaxDelay));
  v1::CreateAndWaitRequest request;
  request.mutable_create()->set_model(kModel);
  request.mutable_create()->set_input_json(InputFor(run_time));
  const auto stream = stub.CreateAndWait(&context, request);
  v1::PredictionUpdate update;
  std::optional<double> delay;
  while (stream->Read(&update)) {
    const absl::Time now = absl::Now();
    if (HasEnded(update.prediction().status())) {
      delay = absl::ToDoubleSeconds(now -
                                    TimeFrom(update.prediction().updated_at()));
    }
  }
  return stream->Finish().ok() ? delay : std::nullopt;
}

SequentialResult WaitInTurn(const std::string& address,
                            const std::string& token,
                            const std::vector<absl::Duration>& run_times) {
  const auto stub = v1::Predictions::NewStub(NewChannel(address));
  SequentialResult result;
  for (const absl::Duration run_time : run_times) {
    if (const auto delay = WaitOnce(*stub, token, run_time)) {
      result.delay_seconds.push_back(*delay);
    } else {
      ++result.lost;
    }
  }
  return result;
}

}  // namespace

std::vector<absl::Duration> PlanRunTimes(int64_t count, absl::Duration mean,
                                         int64_t seed) {
  std::mt19937_64 random(static_cast<uint64_t>(seed));
  std::vector<double> fractions;
  for (int64_t i = 0; i < count; ++i) {
    const double position =
        (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    fractions.push_back(kMinFraction +
                        (kMaxFraction - kMinFraction) * position);
  }
  std::shuffle(fractions.begin(), fractions.end(), random);
  std::uniform_int_distribution<int> one_less(0, 1);
  std::vector<absl::Duration> run_times;
  for (const double fraction : fractions) {
    run_times.push_back(absl::Floor(mean, absl::Seconds(1)) +
                        absl::Seconds(fraction - one_less(random)));
  }
  return run_times;
}

SequentialResult WaitThroughGateway(
    const std::string& address, const std::string& token,
    const std::vector<std::vector<absl::Duration>>& run_times) {
  std::vector<SequentialResult> results(run_times.size());
  std::vector<std::thread> callers;
  for (size_t i = 0; i < run_times.size(); ++i) {
    callers.emplace_back(
        [&, i] { results[i] = WaitInTurn(address, token, run_times[i]); });
  }
  for (std::thread& caller : callers) caller.join();
  SequentialResult all;
  for (const SequentialResult& one : results) {
    all.delay_seconds.insert(all.delay_seconds.end(), one.delay_seconds.begin(),
                             one.delay_seconds.end());
    all.lost += one.lost;
  }
  return all;
}

absl::StatusOr<SequentialResult> WaitNaively(
    const std::string& api, const std::string& token,
    const std::vector<absl::Duration>& run_times) {
  CurlEventLoop loop(NaiveHttpOptions(1));
  SequentialResult result;
  for (const absl::Duration run_time : run_times) {
    auto running = CreateUpstream(loop, api, token, {run_time});
    if (!running.ok()) return running.status();
    NaiveClients client(loop, api, token, *std::move(running));
    client.Start();
    client.AwaitEnds(absl::Now() + run_time + kMaxDelay);
    const std::vector<double> delay = client.DelaySeconds();
    result.delay_seconds.insert(result.delay_seconds.end(), delay.begin(),
                                delay.end());
    if (delay.empty()) ++result.lost;
  }
  return result;
}

}  // namespace wriftai::bench
