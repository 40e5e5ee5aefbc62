#include "tests/bench/waits/second_consumer.h"

#include <utility>

#include "tests/bench/waits/scene.h"

namespace wriftai::bench {
namespace {

HttpOptions ConsumerHttpOptions() {
  HttpOptions options;
  options.user_agent = kConsumerAgent;
  return options;
}

}  // namespace

SecondConsumer::SecondConsumer(std::string url, std::string token,
                               absl::Duration interval)
    : url_(std::move(url)),
      token_(std::move(token)),
      interval_(interval),
      loop_(ConsumerHttpOptions()) {
  loop_.Post([this] {
    next_ = loop_.Now();
    SendGet();
  });
}

void SecondConsumer::SendGet() {
  HttpRequest request;
  request.url = url_;
  request.bearer = Secret(token_);
  call_ = loop_.Send(std::move(request), [](const HttpResult&) {});
  next_ += interval_;
  timer_ = loop_.RunAt(next_, [this] { SendGet(); });
}

}  // namespace wriftai::bench
