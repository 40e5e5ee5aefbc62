#ifndef WRIFTAI_TESTS_SUPPORT_SCRIPTED_TRANSPORT_H_
#define WRIFTAI_TESTS_SUPPORT_SCRIPTED_TRANSPORT_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "base/event_loop.h"
#include "upstream/http/http_transport.h"

namespace wriftai {

// An upstream for tests with a real loop. The test responds to requests from
// its own thread, and can wait for them without sleeping.
//
// Threads: Send() on the loop, all else any. `event_loop` must outlive it; it
// must outlive the handles. Fails: waits time out after ten seconds.
class ScriptedTransport : public HttpTransport {
 public:
  explicit ScriptedTransport(EventLoop& event_loop) : event_loop_(event_loop) {}

  CallHandle Send(HttpRequest request, Done done) override;
  void RetireConnections(absl::string_view scope) override {}

  // Waits until `count` requests have been sent in total; returns the last.
  HttpRequest AwaitRequest(size_t count);

  // Waits until request `count` (from 1) has been dropped.
  void AwaitDropped(size_t count);

  size_t sent_count() const;

  // After this, each request gets the result of `response` immediately, on the
  // loop, and is not counted.
  using AutomaticResponse = std::function<HttpResponse(const HttpRequest&)>;
  void RespondToAll(AutomaticResponse response);

  // Responds to request `count` (from 1).
  void Respond(size_t count, int status, std::string body);

 private:
  class Pending;

  EventLoop& event_loop_;
  mutable absl::Mutex mutex_;
  std::vector<HttpRequest> sent_;
  std::map<size_t, Done> pending_;
  AutomaticResponse automatic_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_SCRIPTED_TRANSPORT_H_
