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
#include "upstream/http/curl_event_loop.h"
#include "wriftai/v1/predictions.grpc.pb.h"

// What the scenarios share: channels, and predictions that run upstream.

namespace wriftai::bench {

// The sandbox takes any.
inline constexpr char kToken[] = "token-of-the-waiters";
inline constexpr char kModel[] = "wriftai/echo";

// User agents of whoever sends to the sandbox and is not the gateway.
inline constexpr char kNaiveAgent[] = "waits-naive-client";
inline constexpr char kConsumerAgent[] = "waits-second-consumer";
inline constexpr char kHarnessAgent[] = "waits-harness";

struct Running {
  std::string id;
  absl::Time ends_at;  // Upstream.
};

// When predictions end after a common start: `end_rate` a second from
// `run_time` on, in a random order of the indices, so that the order of the
// list says nothing about the order of the ends.
std::vector<absl::Duration> PlanEnds(int64_t count, absl::Duration run_time,
                                     double end_rate, int64_t seed);

// An input that makes the sandbox run for `total`, a tenth of it pending.
std::string InputFor(absl::Duration total);

// When a prediction of that input ends that was created at `created_at`.
absl::Time EndOf(absl::Time created_at, absl::Duration total);

absl::Time TimeFrom(const google::protobuf::Timestamp& timestamp);

bool HasEnded(v1::Status status);

// Channels of their own connections, as different callers have.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& address);

// With the caller's token.
void Authorize(grpc::ClientContext& context, absl::string_view token);

// Creates predictions that end as `ends` says, from now on, in that order.
absl::StatusOr<std::vector<Running>> CreateThroughGateway(
    const std::string& address, absl::string_view token,
    const std::vector<absl::Duration>& ends);

// The same by POST, for clients that do without a gateway. Not on the loop.
absl::StatusOr<std::vector<Running>> CreateUpstream(
    CurlEventLoop& loop, const std::string& api, absl::string_view token,
    const std::vector<absl::Duration>& ends);

// One request, waiting for its response; a status other than 2xx is an error.
// Not on the loop.
absl::StatusOr<std::string> Fetch(CurlEventLoop& loop, HttpRequest request);

// Returns right after the next second of the clock has begun, so that what
// comes has the whole of that second.
void AwaitNewSecond();

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SCENE_H_
