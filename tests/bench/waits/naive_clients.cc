#include "tests/bench/waits/naive_clients.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/run_on_loop.h"
#include "sandbox/json.h"

namespace wriftai::bench {
namespace {

constexpr absl::Duration kPollInterval = absl::Seconds(1);

// The official client's timeout is 10 s. Here many clients share few sockets,
// and waiting for a socket must not fail a wait.
constexpr absl::Duration kTimeout = absl::Minutes(1);

}  // namespace

HttpOptions NaiveHttpOptions(int64_t connections) {
  HttpOptions options;
  options.max_connections = static_cast<int>(connections);
  options.max_requests = 200'000;  // Twice the maximum of --waiters.
  options.user_agent = kNaiveAgent;
  return options;
}

NaiveClients::NaiveClients(CurlEventLoop& loop, std::string api,
                           std::string token, std::vector<Running> running)
    : loop_(loop), api_(std::move(api)), token_(std::move(token)) {
  waiters_.resize(running.size());
  for (size_t i = 0; i < running.size(); ++i) {
    waiters_[i].running = std::move(running[i]);
  }
}

NaiveClients::~NaiveClients() {
  RunOnLoop(loop_, [this] { waiters_.clear(); });
}

void NaiveClients::Start() {
  {
    absl::MutexLock lock(&mutex_);
    pending_ = waiters_.size();
  }
  RunOnLoop(loop_, [this] {
    for (Waiter& waiter : waiters_) Poll(waiter);
  });
}

void NaiveClients::AwaitEnds(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithDeadline(absl::Condition(this, &NaiveClients::AllEnded),
                           deadline);
}

std::vector<double> NaiveClients::DelaySeconds() const {
  std::vector<double> delays;
  RunOnLoop(loop_, [&] {
    for (const Waiter& waiter : waiters_) {
      if (waiter.delay_seconds.has_value()) {
        delays.push_back(*waiter.delay_seconds);
      }
    }
  });
  return delays;
}

void NaiveClients::Poll(Waiter& waiter) {
  HttpRequest request;
  request.url = absl::StrCat(api_, "/predictions/", waiter.running.id);
  request.bearer = Secret(token_);
  request.timeout = kTimeout;
  waiter.call =
      loop_.Send(std::move(request), [this, &waiter](HttpResult result) {
        OnResponse(waiter, std::move(result));
      });
}

void NaiveClients::OnResponse(Waiter& waiter, HttpResult result) {
  const absl::Time now = absl::Now();
  const auto* const response = std::get_if<HttpResponse>(&result);
  if (response == nullptr || response->status != 200) return OnEnded();
  const auto parsed = sandbox::ParseJson(response->body);
  const auto* const json = std::get_if<sandbox::JsonValue>(&parsed);
  const auto status = json == nullptr ? std::nullopt : json->Find("status");
  if (!status.has_value()) return OnEnded();
  const std::string word = status->AsString().value_or("");
  if (word != "succeeded" && word != "failed") {
    waiter.timer = loop_.RunAt(loop_.Now() + kPollInterval,
                               [this, &waiter] { Poll(waiter); });
    return;
  }
  waiter.delay_seconds = absl::ToDoubleSeconds(now - waiter.running.ends_at);
  OnEnded();
}

void NaiveClients::OnEnded() {
  absl::MutexLock lock(&mutex_);
  --pending_;
}

}  // namespace wriftai::bench
