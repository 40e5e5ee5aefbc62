#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "base/call.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// Sends HTTP requests without blocking.
//
// Threads: loop only. Fails: only through `done`.
class HttpTransport {
 public:
  using Done = absl::AnyInvocable<void(HttpResult)>;

  virtual ~HttpTransport() = default;

  // Starts `request`. `done` runs on the loop, exactly once, after Send() has
  // returned, and never after the handle is destroyed.
  [[nodiscard]] virtual CallHandle Send(HttpRequest request, Done done) = 0;

  // Sends no new request on the connections of that scope
  // (HttpRequest::connection_scope) that are open now. Use after a response
  // that does not match its request: the next one may not match either.
  virtual void RetireConnections(absl::string_view scope) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
