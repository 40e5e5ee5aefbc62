#include "tests/bench/waits/paced_waits.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace wriftai::bench {
namespace {

// To each gateway: simulates a handful of services.
constexpr size_t kChannels = 4;

}  // namespace

// One create and its wait. gRPC's threads call it, one at a time.
class PacedWaits::Stream final
    : public grpc::ClientReadReactor<v1::PredictionUpdate> {
 public:
  Stream(PacedWaits& waits, const std::string& token, absl::Duration run_time)
      : waits_(waits) {
    Authorize(context_, token);
    request_.mutable_create()->set_model(kModel);
    request_.mutable_create()->set_input_json(InputFor(run_time));
  }

  void Begin(v1::Predictions::Stub& stub) {
    stub.async()->CreateAndWait(&context_, &request_, this);
    StartRead(&update_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Time now = absl::Now();
    if (HasEnded(update_.prediction().status())) {
      delay_ = now - TimeFrom(update_.prediction().updated_at());
      by_webhook_ = update_.source() == v1::SOURCE_WEBHOOK;
    }
    StartRead(&update_);
  }

  void OnDone(const grpc::Status& status) override {
    status_ = status;
    waits_.OnStreamEnded();
  }

  // After OnDone().
  void AddTo(Result& result) const {
    if (status_.ok() && delay_.has_value()) {
      result.by_webhook += by_webhook_ ? 1 : 0;
      result.delay_milliseconds.push_back(absl::ToDoubleMilliseconds(*delay_));
      return;
    }
    ++result.lost;
    result.error = absl::StrCat("code ", status_.error_code(), ": ",
                                status_.error_message());
  }

 private:
  PacedWaits& waits_;
  grpc::ClientContext context_;
  v1::CreateAndWaitRequest request_;
  v1::PredictionUpdate update_;
  std::optional<absl::Duration> delay_;
  bool by_webhook_ = false;
  grpc::Status status_;
};

PacedWaits::PacedWaits(const std::vector<std::string>& addresses,
                       const std::string& token, const Plan& plan)
    : plan_(plan) {
  for (size_t i = 0; i < kChannels; ++i) {
    for (const std::string& address : addresses) {
      stubs_.push_back(v1::Predictions::NewStub(NewChannel(address)));
    }
  }
  for (size_t i = 0; i < plan.count; ++i) {
    streams_.push_back(std::make_unique<Stream>(*this, token, plan.run_time));
  }
}

PacedWaits::~PacedWaits() {
  for (const auto& stream : streams_) stream->Cancel();
  AwaitEnds(absl::InfiniteFuture());
}

PacedWaits::Result PacedWaits::Run(absl::Duration patience) {
  const absl::Time start = absl::Now();
  for (size_t i = 0; i < streams_.size(); ++i) {
    const double seconds = static_cast<double>(i) / plan_.per_second;
    absl::SleepFor(start + absl::Seconds(seconds) - absl::Now());
    {
      absl::MutexLock lock(&mutex_);
      ++pending_;
    }
    streams_[i]->Begin(*stubs_[i % stubs_.size()]);
  }
  AwaitEnds(absl::Now() + plan_.run_time + patience);
  for (const auto& stream : streams_) stream->Cancel();
  AwaitEnds(absl::InfiniteFuture());
  Result result;
  for (const auto& stream : streams_) stream->AddTo(result);
  return result;
}

void PacedWaits::OnStreamEnded() {
  absl::MutexLock lock(&mutex_);
  --pending_;
}

void PacedWaits::AwaitEnds(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithDeadline(absl::Condition(this, &PacedWaits::AllEnded),
                           deadline);
}

}  // namespace wriftai::bench
