#include "tests/support/fake_transport.h"

#include <memory>

#include "gtest/gtest.h"

namespace wriftai {

class FakeTransport::Pending : public Call {
 public:
  Pending(FakeTransport& transport, size_t index)
      : transport_(transport), index_(index) {}
  ~Pending() override { transport_.pending_.erase(index_); }

 private:
  FakeTransport& transport_;
  const size_t index_;
};

CallHandle FakeTransport::Send(HttpRequest request, Done done) {
  const size_t index = sent_.size();
  sent_.push_back(std::move(request));
  pending_.emplace(index, std::move(done));
  return std::make_unique<Pending>(*this, index);
}

void FakeTransport::Complete(size_t index, HttpResult result) {
  auto pending = pending_.extract(index);
  ASSERT_FALSE(pending.empty()) << "request " << index << " is not pending";
  pending.mapped()(std::move(result));
}

void FakeTransport::Respond(
    int status, std::string body,
    std::vector<std::pair<std::string, std::string>> headers) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  Complete(sent_.size() - 1, std::move(response));
}

void FakeTransport::Fail(TransportFailure::Kind kind, bool maybe_sent) {
  Complete(sent_.size() - 1, TransportFailure{kind, maybe_sent, "it broke"});
}

}  // namespace wriftai
