#include "tests/service/engine/simulation/sim_upstream.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

constexpr char kPredictions[] = "http://upstream/v1/predictions";

// The published limits.
constexpr int64_t kReads = 3;
constexpr int64_t kCreates = 15;

// One way. A request and its response take at most as long as a new owner
// pauses beyond a window.
constexpr double kMaxTransit = 0.08;

// One POST of fifty is answered by nobody.
constexpr double kLostResponses = 0.02;

HttpResponse Response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// A request without a response yet.
struct Pending {
  HttpTransport::Done done;  // Null: dropped, or answered.
};

class PendingCall final : public Call {
 public:
  explicit PendingCall(std::shared_ptr<Pending> pending)
      : pending_(std::move(pending)) {}
  ~PendingCall() override { pending_->done = nullptr; }

 private:
  const std::shared_ptr<Pending> pending_;
};

}  // namespace

HttpResponse SimUpstream::Respond(const HttpRequest& request, bool late) {
  const std::string token(request.bearer.Reveal());
  const bool is_create = request.method == HttpMethod::kPost;
  Window& window = windows_[absl::StrCat(token, is_create ? " w" : " r")];
  const int64_t number = absl::ToUnixSeconds(cluster_.now());
  if (window.number != number) window = {number, 0, 0, 0};
  const int64_t limit = is_create ? kCreates : kReads;
  const bool limited = window.used >= limit;
  if (late) ++window.late;
  HttpResponse response;
  if (limited) {
    if (++window.limited > window.late) {
      ++(is_create ? limited_creates_ : limited_reads_);
    }
    response = Response(429, R"({"detail": "too many requests"})");
  } else {
    ++window.used;
    ++(is_create ? posts_ : reads_);
    absl::string_view path = request.url;
    if (is_create) {
      response = Create(request);
    } else if (absl::ConsumePrefix(&path, absl::StrCat(kPredictions, "/"))) {
      response = Get(path, token);
    } else {
      response = List(token);
    }
  }
  response.headers = {
      {"x-ratelimit-limit", absl::StrCat(limit)},
      {"x-ratelimit-remaining", absl::StrCat(limit - window.used)},
      {"x-ratelimit-reset", absl::StrCat(number + 1)}};
  return response;
}

HttpResponse SimUpstream::Create(const HttpRequest& request) {
  const size_t begin = request.body.rfind(':') + 1;
  const std::string input =
      request.body.substr(begin, request.body.size() - 1 - begin);
  Prediction prediction;
  prediction.id =
      absl::StrFormat("c12258c4-ed83-4d7b-a784-%012d", predictions_.size() + 1);
  prediction.token = std::string(request.bearer.Reveal());
  prediction.input = input;
  prediction.created_at = cluster_.now();
  prediction.started_at =
      cluster_.now() + absl::Seconds(3 * cluster_.random.Uniform());
  prediction.ended_at =
      prediction.started_at + absl::Seconds(1 + 9 * cluster_.random.Uniform());
  by_id_[prediction.id] = predictions_.size();
  by_input_[input].push_back(predictions_.size());
  predictions_.push_back(prediction);
  return Response(201, Json(prediction, true));
}

HttpResponse SimUpstream::Get(absl::string_view id,
                              const std::string& token) const {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end() || predictions_[found->second].token != token) {
    return Response(404, R"({"detail": "not found"})");
  }
  return Response(200, Json(predictions_[found->second], true));
}

HttpResponse SimUpstream::List(const std::string& token) const {
  std::string items;
  int count = 0;
  for (auto next = predictions_.rbegin();
       next != predictions_.rend() && count < 50; ++next) {
    if (next->token != token) continue;
    absl::StrAppend(&items, count++ > 0 ? "," : "", Json(*next, false));
  }
  return Response(
      200, absl::StrCat(R"({"items": [)", items, R"(], "next_cursor": null, )",
                        R"("previous_cursor": null})"));
}

std::string SimUpstream::Json(const Prediction& prediction,
                              bool with_output) const {
  const absl::Time now = cluster_.now();
  const char* status = "pending";
  absl::Time updated = prediction.created_at;
  if (now >= prediction.started_at) {
    status = "started";
    updated = prediction.started_at;
  }
  if (now >= prediction.ended_at) {
    status = "succeeded";
    updated = prediction.ended_at;
  }
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
  };
  return absl::StrCat(R"({"id": ")", prediction.id, R"(", "status": ")", status,
                      R"(", "created_at": ")", text(prediction.created_at),
                      R"(", "updated_at": ")", text(updated), R"(")",
                      with_output
                          ? absl::StrCat(R"(, "input": )", prediction.input,
                                         R"(, "output": )", prediction.input)
                          : "",
                      "}");
}

int64_t SimUpstream::PostsOf(const std::string& input) const {
  const auto found = by_input_.find(input);
  return found == by_input_.end() ? 0
                                  : static_cast<int64_t>(found->second.size());
}

std::string SimUpstream::IdOf(const std::string& input) const {
  const auto found = by_input_.find(input);
  return found == by_input_.end() ? "" : predictions_[found->second.front()].id;
}

CallHandle SimTransport::Send(HttpRequest request, Done done) {
  auto pending = std::make_shared<Pending>(Pending{std::move(done)});
  Random& random = cluster_.random;
  const absl::Duration there = absl::Seconds(kMaxTransit * random.Uniform());
  const absl::Duration back = absl::Seconds(kMaxTransit * random.Uniform());
  const bool is_lost =
      request.method == HttpMethod::kPost && random.Uniform() < kLostResponses;
  const bool late = cluster_.slot(slot_).woke_at == cluster_.now() &&
                    cluster_.slot(slot_).started_at < cluster_.now();
  // What has been sent arrives, whatever happens to its sender.
  cluster_.RunIn(there, [this_loop = &loop_, &upstream = upstream_, pending,
                         back, is_lost, late, request = std::move(request)] {
    HttpResult result = upstream.Respond(request, late);
    if (is_lost) result = TransportFailure();
    this_loop->RunIn(back, [pending, result = std::move(result)]() mutable {
      if (pending->done == nullptr) return;
      Done callback = std::move(pending->done);
      pending->done = nullptr;
      callback(std::move(result));
    });
  });
  return std::make_unique<PendingCall>(std::move(pending));
}

}  // namespace wriftai
