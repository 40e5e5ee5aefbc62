#include "tests/bench/waits/get_probe.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/time/clock.h"

namespace wriftai::bench {
namespace {

// Longer than an interactive caller would wait.
constexpr std::chrono::seconds kDeadline(30);

std::vector<std::unique_ptr<v1::Predictions::Stub>> StubsOf(
    const std::vector<std::string>& addresses) {
  std::vector<std::unique_ptr<v1::Predictions::Stub>> stubs;
  for (const std::string& address : addresses) {
    stubs.push_back(v1::Predictions::NewStub(NewChannel(address)));
  }
  return stubs;
}

}  // namespace

struct GetProbe::Call {
  grpc::ClientContext context;
  v1::GetRequest request;
  v1::Prediction response;
  absl::Time start;
  double milliseconds = 0;
  bool ok = false;
};

GetProbe::GetProbe(Plan plan, std::vector<Running> running)
    : plan_(std::move(plan)),
      running_(std::move(running)),
      stubs_(StubsOf(plan_.addresses)),
      random_(static_cast<uint64_t>(plan_.seed)),
      thread_([this] { Run(); }) {}

GetProbe::~GetProbe() { Finish(); }

void GetProbe::Finish() {
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &GetProbe::AllDone));
}

std::vector<double> GetProbe::Milliseconds() const {
  std::vector<double> milliseconds;
  for (const auto& call : calls_) {
    if (call->ok) milliseconds.push_back(call->milliseconds);
  }
  return milliseconds;
}

std::vector<absl::Time> GetProbe::Starts() const {
  std::vector<absl::Time> starts;
  for (const auto& call : calls_) starts.push_back(call->start);
  return starts;
}

size_t GetProbe::failures() const {
  return static_cast<size_t>(
      std::count_if(calls_.begin(), calls_.end(),
                    [](const auto& call) { return !call->ok; }));
}

void GetProbe::Run() {
  std::uniform_real_distribution<double> part(0, 1);
  for (absl::Time interval = absl::Now();; interval += plan_.interval) {
    const absl::Time moment = interval + part(random_) * plan_.interval;
    absl::SleepFor(moment - absl::Now());
    const Running* const chosen = RandomRunning(absl::Now());
    if (chosen == nullptr) return;
    SendGet(chosen->id);
  }
}

const Running* GetProbe::RandomRunning(absl::Time now) {
  running_.erase(std::remove_if(running_.begin(), running_.end(),
                                [now](const Running& running) {
                                  return running.ends_at <= now;
                                }),
                 running_.end());
  if (running_.empty()) return nullptr;
  std::uniform_int_distribution<size_t> index(0, running_.size() - 1);
  return &running_[index(random_)];
}

void GetProbe::SendGet(const std::string& id) {
  const auto& stub = stubs_[calls_.size() % stubs_.size()];
  Call& call = *calls_.emplace_back(std::make_unique<Call>());
  Authorize(call.context, plan_.token);
  call.context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  call.request.set_id(id);
  {
    absl::MutexLock lock(&mutex_);
    ++pending_;
  }
  call.start = absl::Now();
  stub->async()->Get(&call.context, &call.request, &call.response,
                     [this, &call](const grpc::Status& status) {
                       call.milliseconds =
                           absl::ToDoubleMilliseconds(absl::Now() - call.start);
                       call.ok = status.ok();
                       absl::MutexLock lock(&mutex_);
                       --pending_;
                     });
}

}  // namespace wriftai::bench
