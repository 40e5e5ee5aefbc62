#include "tests/support/scripted_transport.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr absl::Duration kWaitTimeout = absl::Seconds(10);

}  // namespace

class ScriptedTransport::Pending : public Call {
 public:
  Pending(ScriptedTransport& transport, size_t count)
      : transport_(transport), count_(count) {}
  ~Pending() override {
    absl::MutexLock lock(&transport_.mutex_);
    transport_.pending_.erase(count_);
  }

 private:
  ScriptedTransport& transport_;
  const size_t count_;
};

namespace {

// Calls `done` with its response in a later iteration of the loop.
class Automatic : public Call {
 public:
  Automatic(EventLoop& event_loop, HttpResponse response,
            HttpTransport::Done done)
      : timer_(event_loop.RunAt(
            event_loop.Now(),
            [response = std::move(response), done = std::move(done)]() mutable {
              // `done` may destroy the call, and this task with its timer.
              HttpTransport::Done called = std::move(done);
              HttpResponse moved = std::move(response);
              called(std::move(moved));
            })) {}

 private:
  TimerHandle timer_;
};

}  // namespace

void ScriptedTransport::RespondToAll(AutomaticResponse response) {
  absl::MutexLock lock(&mutex_);
  automatic_ = std::move(response);
}

CallHandle ScriptedTransport::Send(HttpRequest request, Done done) {
  absl::MutexLock lock(&mutex_);
  if (automatic_) {
    return std::make_unique<Automatic>(event_loop_, automatic_(request),
                                       std::move(done));
  }
  sent_.push_back(std::move(request));
  pending_.emplace(sent_.size(), std::move(done));
  return std::make_unique<Pending>(*this, sent_.size());
}

HttpRequest ScriptedTransport::AwaitRequest(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto sent = [&] { return sent_.size() >= count; };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&sent), kWaitTimeout))
      << "request " << count << " was never sent";
  return sent_.size() < count ? HttpRequest() : sent_[count - 1];
}

void ScriptedTransport::AwaitDropped(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto dropped = [&] {
    return sent_.size() >= count && pending_.count(count) == 0;
  };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&dropped), kWaitTimeout))
      << "request " << count << " was never dropped";
}

size_t ScriptedTransport::sent_count() const {
  absl::MutexLock lock(&mutex_);
  return sent_.size();
}

void ScriptedTransport::Respond(size_t count, int status, std::string body) {
  AwaitRequest(count);
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  event_loop_.Post([this, count, response = std::move(response)]() mutable {
    Done done;
    {
      absl::MutexLock lock(&mutex_);
      const auto found = pending_.find(count);
      ASSERT_TRUE(found != pending_.end())
          << "request " << count << " is not pending";
      done = std::move(found->second);
    }
    done(std::move(response));
  });
}

}  // namespace wriftai
