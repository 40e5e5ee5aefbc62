#include "tests/upstream/watch/simulated_upstream.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "tests/upstream/budget/limited_upstream.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using sandbox::RateLimiter;

// How long a client waits for a response.
constexpr absl::Duration kReadTimeout = absl::Seconds(30);

constexpr char kIdPrefix[] = "00000000-0000-0000-0000-";

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

}  // namespace

// Dropping it cancels the request on the caller's side only: it still arrives.
class SimulatedUpstream::Handle : public Call {
 public:
  Handle(SimulatedUpstream& upstream, uint64_t number)
      : upstream_(upstream), number_(number) {}
  ~Handle() override {
    const auto found = upstream_.requests_.find(number_);
    if (found == upstream_.requests_.end()) return;
    found->second.permit = Permit();
    found->second.got = nullptr;
    found->second.listed = nullptr;
  }

 private:
  SimulatedUpstream& upstream_;
  const uint64_t number_;
};

std::string SimulatedUpstream::AddPrediction(absl::Duration duration,
                                             absl::string_view model) {
  absl::Time created = event_loop_.WallNow();
  // Creation times are unique.
  if (!predictions_.empty()) {
    created =
        std::max(created, predictions_.back().created + absl::Microseconds(1));
  }
  SimulatedPrediction& simulated = predictions_.emplace_back();
  simulated.model = std::string(model);
  simulated.created = created;
  simulated.started = created + duration / 5;
  simulated.ended = created + duration;
  return absl::StrCat(kIdPrefix,
                      absl::StrFormat("%012d", predictions_.size() - 1));
}

size_t SimulatedUpstream::Index(const std::string& id) {
  int index = 0;
  EXPECT_TRUE(absl::SimpleAtoi(id.substr(sizeof(kIdPrefix) - 1), &index)) << id;
  return static_cast<size_t>(index);
}

v1::Prediction SimulatedUpstream::StateOf(const std::string& id) const {
  return Describe(Index(id), event_loop_.WallNow(), true);
}

v1::Prediction SimulatedUpstream::Describe(size_t index, absl::Time now,
                                           bool payloads) const {
  const SimulatedPrediction& simulated = predictions_[index];
  v1::Prediction prediction;
  prediction.set_id(absl::StrCat(kIdPrefix, absl::StrFormat("%012d", index)));
  prediction.mutable_model()->set_owner("o");
  prediction.mutable_model()->set_name(simulated.model);
  SetTime(simulated.created, prediction.mutable_created_at());
  SetTime(now >= simulated.ended     ? simulated.ended
          : now >= simulated.started ? simulated.started
                                     : simulated.created,
          prediction.mutable_updated_at());
  const bool ended = now >= simulated.ended;
  prediction.set_status(ended ? v1::PREDICTION_STATUS_SUCCEEDED
                        : now >= simulated.started
                            ? v1::PREDICTION_STATUS_STARTED
                            : v1::PREDICTION_STATUS_PENDING);
  prediction.set_status_text(ended                      ? "succeeded"
                             : now >= simulated.started ? "started"
                                                        : "pending");
  if (payloads) prediction.set_input_json("{}");
  if (payloads && ended) {
    prediction.set_output_json(OutputOf(prediction.id()));
  }
  return prediction;
}

PredictionPage SimulatedUpstream::PageBelow(size_t index) const {
  PredictionPage page;
  while (index > 0 && page.predictions.size() < 50) {
    const SimulatedPrediction& simulated = predictions_[--index];
    if (simulated.deleted || simulated.hidden) continue;
    const absl::Time shown =
        std::min(simulated.frozen_at, event_loop_.WallNow() - list_lag_);
    page.predictions.push_back(Describe(index, shown, false));
  }
  if (index > 0) page.next_cursor = absl::StrCat(index);
  return page;
}

CallHandle SimulatedUpstream::Get(CallContext context, std::string id,
                                  PredictionDone done) {
  ++gets_;
  At(id).gets.push_back(event_loop_.Now());
  Request request;
  request.permit = std::move(context.permit);
  request.id = std::move(id);
  request.got = std::move(done);
  return Send(std::move(request));
}

CallHandle SimulatedUpstream::List(CallContext context, ListParams params,
                                   PageDone done) {
  ++lists_;
  EXPECT_EQ(params.page_size, 50);
  Request request;
  request.permit = std::move(context.permit);
  request.below = predictions_.size();
  if (!params.cursor.empty()) {
    EXPECT_TRUE(absl::SimpleAtoi(params.cursor, &request.below));
  }
  request.listed = std::move(done);
  return Send(std::move(request));
}

CallHandle SimulatedUpstream::Send(Request request) {
  EXPECT_TRUE(request.permit) << "a poll without a permit";
  const uint64_t number = next_request_++;
  request.timer =
      event_loop_.RunAt(event_loop_.Now() + latency_ * random_.Uniform(),
                        [this, number] { Arrive(number); });
  requests_.emplace(number, std::move(request));
  return std::make_unique<Handle>(*this, number);
}

void SimulatedUpstream::Arrive(uint64_t number) {
  Request& request = requests_.at(number);
  if (Hangs(request)) {
    request.prediction = absl::UnavailableError("timeout");
    request.page = absl::UnavailableError("timeout");
    request.timer = event_loop_.RunAt(event_loop_.Now() + kReadTimeout,
                                      [this, number] { Respond(number); });
    return;
  }
  const absl::Duration back = latency_ * random_.Uniform();
  const absl::Status rejected = CheckRequest(request, back);
  const bool is_get = !request.id.empty();
  if (!rejected.ok()) {
    request.prediction = rejected;
    request.page = rejected;
  } else if (is_get) {
    request.prediction = StateOf(request.id);
  } else {
    request.page = PageBelow(request.below);
  }
  request.timer = event_loop_.RunAt(event_loop_.Now() + back,
                                    [this, number] { Respond(number); });
}

absl::Status SimulatedUpstream::CheckRequest(Request& request,
                                             absl::Duration back) {
  if (!outage_.ok()) return outage_;
  const absl::Time wall = event_loop_.WallNow();
  const RateLimiter::Decision decision =
      limiter_.Acquire("token", RateLimiter::Bucket::kRead, wall);
  request.rate = RateLimitOf(decision, wall, back);
  Counts& second = seconds_[absl::ToUnixSeconds(wall)];
  ++second.reads;
  if (!decision.allowed) {
    ++limited_;
    ++second.limited;
    absl::Status status = absl::ResourceExhaustedError("429");
    SetRetryDelay(*request.rate.reset_after, status);
    return status;
  }
  if (request.id.empty()) return page_failure_;
  const SimulatedPrediction& simulated = At(request.id);
  return simulated.deleted ? absl::NotFoundError("404") : simulated.failure;
}

bool SimulatedUpstream::ReadByOther() {
  return limiter_
      .Acquire("token", RateLimiter::Bucket::kRead, event_loop_.WallNow())
      .allowed;
}

bool SimulatedUpstream::Hangs(const Request& request) const {
  return request.id.empty() ? pages_hang_ : At(request.id).hangs;
}

void SimulatedUpstream::Respond(uint64_t number) {
  Request request = std::move(requests_.extract(number).mapped());
  const bool is_get = !request.id.empty();
  const absl::Status status =
      is_get ? request.prediction.status() : request.page.status();
  if (Hangs(request)) {
    request.permit = Permit();  // The response is lost.
  } else {
    request.permit.OnResponse(request.rate,
                              absl::IsResourceExhausted(status) &&
                                  ReasonOf(status) != v1::PAYMENT_REQUIRED);
  }
  if (request.got) request.got(std::move(request.prediction));
  if (request.listed) request.listed(std::move(request.page));
}

}  // namespace wriftai
