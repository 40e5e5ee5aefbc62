#ifndef WRIFTAI_TESTS_SUPPORT_FAKE_TRANSPORT_H_
#define WRIFTAI_TESTS_SUPPORT_FAKE_TRANSPORT_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "upstream/http/http_transport.h"

namespace wriftai {

// A transport that records requests. The test completes them in any order.
//
// Threads: the loop's (the test's). It must outlive the handles. Fails: the
// test, if it completes a request that is not pending.
class FakeTransport : public HttpTransport {
 public:
  CallHandle Send(HttpRequest request, Done done) override;
  void RetireConnections(absl::string_view scope) override {
    retired_.emplace_back(scope);
  }

  // The scopes whose connections were retired, in order.
  const std::vector<std::string>& retired() const { return retired_; }

  // All requests so far.
  const std::vector<HttpRequest>& sent() const { return sent_; }

  // Whether request `index` is still pending.
  bool pending(size_t index) const { return pending_.count(index) > 0; }
  size_t pending_count() const { return pending_.size(); }

  // Completes request `index` (in the order of sending).
  void Complete(size_t index, HttpResult result);

  // Responds to the newest request with `status`, `body` and headers.
  void Respond(int status, std::string body,
               std::vector<std::pair<std::string, std::string>> headers = {});

  // Fails the newest request without a response.
  void Fail(TransportFailure::Kind kind, bool maybe_sent);

 private:
  class Pending;

  std::vector<HttpRequest> sent_;
  std::vector<std::string> retired_;
  std::map<size_t, Done> pending_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_FAKE_TRANSPORT_H_
