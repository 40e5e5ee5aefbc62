#ifndef WRIFTAI_TESTS_BENCH_WAITS_SCENE_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SCENE_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/predictions.h"
#include "upstream/http/curl_event_loop.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

// Shared by the scenarios: channels, and predictions that run upstream.

namespace wriftai::bench {

// The sandbox accepts any token.
inline constexpr char kToken[] = "token-of-the-waiters";
inline constexpr char kModel[] = "wriftai/echo";

// User agents of the sandbox's clients other than the gateway.
inline constexpr char kNaiveAgent[] = "waits-naive-client";
inline constexpr char kConsumerAgent[] = "waits-second-consumer";
inline constexpr char kHarnessAgent[] = "waits-harness";

struct Running {
  std::string id;
  absl::Time ends_at;  // Upstream.
};

// The ends of predictions after a common start: `end_rate` per second, starting
// at `run_time`. The order is random, so the order of the list does not reveal
// the order of the ends.
std::vector<absl::Duration> PlanEnds(int64_t count, absl::Duration run_time,
                                     double end_rate, int64_t seed);

// An input that makes the sandbox run for `total`, a tenth of it pending.
std::string InputFor(absl::Duration total);

// The end of a prediction with that input, created at `created_at`.
absl::Time EndOf(absl::Time created_at, absl::Duration total);

absl::Time TimeFrom(const google::protobuf::Timestamp& timestamp);

bool HasEnded(v1::PredictionStatus status);

// A channel with a separate connection, like that of another caller.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address);

// Adds the caller's token.
void Authorize(grpc::ClientContext& context, absl::string_view token);

// Creates predictions in order that end `ends` from now.
absl::StatusOr<std::vector<Running>> CreateThroughGateway(
    const std::string& address, absl::string_view token,
    const std::vector<absl::Duration>& ends);

// The same by POST, for clients without a gateway. Must not run on the loop.
absl::StatusOr<std::vector<Running>> CreateUpstream(
    CurlEventLoop& loop, const std::string& api, absl::string_view token,
    const std::vector<absl::Duration>& ends);

// Sends a request and waits for its response. A status other than 2xx is an
// error. Must not run on the loop.
absl::StatusOr<std::string> Fetch(CurlEventLoop& loop, HttpRequest request);

// Returns right after the start of the next second of the clock, so that the
// caller has the whole second.
void AwaitNewSecond();

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SCENE_H_
