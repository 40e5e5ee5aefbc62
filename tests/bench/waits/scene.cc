#include "tests/bench/waits/scene.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "sandbox/json.h"

namespace wriftai::bench {
namespace {

// The number of concurrent creates; keeps two cores busy.
constexpr size_t kCreators = 16;

// A create takes milliseconds.
constexpr std::chrono::seconds kCreateDeadline(30);

constexpr double kPendingShare = 0.1;

using Create = std::function<absl::StatusOr<Running>(absl::Duration total)>;

// Calls `create` for all, with limited concurrency.
absl::StatusOr<std::vector<Running>> CreateAll(
    const std::vector<absl::Duration>& ends, const Create& create) {
  const absl::Time start = absl::Now();
  std::vector<absl::StatusOr<Running>> created(ends.size());
  std::atomic<size_t> next{0};
  std::vector<std::thread> creators;
  for (size_t i = 0; i < kCreators; ++i) {
    creators.emplace_back([&] {
      for (size_t index = next++; index < ends.size(); index = next++) {
        const absl::Duration left = start + ends[index] - absl::Now();
        created[index] = create(std::max(left, absl::Milliseconds(1)));
      }
    });
  }
  for (std::thread& creator : creators) creator.join();
  std::vector<Running> all;
  for (absl::StatusOr<Running>& one : created) {
    if (!one.ok()) return one.status();
    all.push_back(*std::move(one));
  }
  return all;
}

absl::StatusOr<Running> ReadCreated(const std::string& body,
                                    absl::Duration total) {
  const auto parsed = sandbox::ParseJson(body);
  const auto* const json = std::get_if<sandbox::JsonValue>(&parsed);
  if (json == nullptr)
    return absl::InternalError("response to create: not valid JSON");
  const auto id = json->Find("id");
  const auto created_at = json->Find("created_at");
  absl::Time time;
  if (!id.has_value() || !created_at.has_value() ||
      !absl::ParseTime(absl::RFC3339_full, created_at->AsString().value_or(""),
                       &time, nullptr)) {
    return absl::InternalError(
        absl::StrCat("response to create: missing id or created_at: ", body));
  }
  return Running{id->AsString().value_or(""), EndOf(time, total)};
}

}  // namespace

std::vector<absl::Duration> PlanEnds(int64_t count, absl::Duration run_time,
                                     double end_rate, int64_t seed) {
  std::vector<absl::Duration> ends;
  for (int64_t i = 0; i < count; ++i) {
    ends.push_back(run_time + absl::Seconds(static_cast<double>(i) / end_rate));
  }
  std::shuffle(ends.begin(), ends.end(),
               std::mt19937_64(static_cast<uint64_t>(seed)));
  return ends;
}

std::string InputFor(absl::Duration total) {
  const double seconds = absl::ToDoubleSeconds(total);
  return absl::StrFormat(
      R"({"sandbox":{"pending_s":%.6f,"run_s":%.6f,"output":{"done":true}}})",
      seconds * kPendingShare, seconds * (1 - kPendingShare));
}

absl::Time EndOf(absl::Time created_at, absl::Duration total) {
  return created_at + total;
}

absl::Time TimeFrom(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

bool HasEnded(v1::PredictionStatus status) {
  return status == v1::PREDICTION_STATUS_SUCCEEDED ||
         status == v1::PREDICTION_STATUS_FAILED;
}

std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

void Authorize(grpc::ClientContext& context, absl::string_view token) {
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
}

absl::StatusOr<std::vector<Running>> CreateThroughGateway(
    const std::string& address, absl::string_view token,
    const std::vector<absl::Duration>& ends) {
  const auto stub = v1::Predictions::NewStub(NewChannel(address));
  return CreateAll(ends, [&](absl::Duration total) -> absl::StatusOr<Running> {
    grpc::ClientContext context;
    Authorize(context, token);
    context.set_deadline(std::chrono::system_clock::now() + kCreateDeadline);
    v1::CreateRequest request;
    request.set_model(kModel);
    request.set_input_json(InputFor(total));
    v1::Prediction prediction;
    const grpc::Status status = stub->Create(&context, request, &prediction);
    if (!status.ok()) {
      return absl::UnavailableError(
          absl::StrCat("Create: ", status.error_message()));
    }
    return Running{prediction.id(),
                   EndOf(TimeFrom(prediction.created_at()), total)};
  });
}

absl::StatusOr<std::vector<Running>> CreateUpstream(
    CurlEventLoop& loop, const std::string& api, absl::string_view token,
    const std::vector<absl::Duration>& ends) {
  return CreateAll(ends, [&](absl::Duration total) -> absl::StatusOr<Running> {
    HttpRequest request;
    request.method = HttpMethod::kPost;
    request.url = absl::StrCat(api, "/predictions");
    request.headers = {{"content-type", "application/json"}};
    request.bearer = Secret(std::string(token));
    request.body = absl::StrCat(R"({"model":")", kModel, R"(","input":)",
                                InputFor(total), "}");
    const auto body = Fetch(loop, std::move(request));
    if (!body.ok()) return body.status();
    return ReadCreated(*body, total);
  });
}

absl::StatusOr<std::string> Fetch(CurlEventLoop& loop, HttpRequest request) {
  absl::Notification done;
  std::optional<HttpResult> result;
  CallHandle call;
  const std::string url = request.url;
  loop.Post([&] {
    call = loop.Send(std::move(request), [&](HttpResult response) {
      result = std::move(response);
      call.reset();
      done.Notify();
    });
  });
  done.WaitForNotification();
  if (const auto* const failure = std::get_if<TransportFailure>(&*result)) {
    return absl::UnavailableError(absl::StrCat(url, ": ", failure->message));
  }
  auto& response = std::get<HttpResponse>(*result);
  if (response.status / 100 != 2) {
    return absl::UnknownError(
        absl::StrCat(url, ": ", response.status, " ", response.body));
  }
  return std::move(response.body);
}

void AwaitNewSecond() {
  const absl::Time next =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 1);
  // Adds a margin for differences between clock readings.
  absl::SleepFor(next + absl::Milliseconds(5) - absl::Now());
}

}  // namespace wriftai::bench
