#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "base/call.h"
#include "upstream/http/http_message.h"

namespace wriftai {

// Sends HTTP requests without blocking.
//
// Threads: loop only. Fails: through `done` alone.
class HttpTransport {
 public:
  using Done = absl::AnyInvocable<void(HttpResult)>;

  virtual ~HttpTransport() = default;

  // Starts `request`. `done` runs on the loop, exactly once, never before
  // Send() has returned, and not at all once the handle has been destroyed.
  [[nodiscard]] virtual CallHandle Send(HttpRequest request, Done done) = 0;

  // Gives no new request to the connections of that scope
  // (HttpRequest::connection_scope) that are open now: a response on one of
  // them was not the answer to its request, and the next one may not be either.
  virtual void RetireConnections(absl::string_view scope) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
