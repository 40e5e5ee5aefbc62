#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_

#include "absl/functional/any_invocable.h"
#include "upstream/core/call.h"
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
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_TRANSPORT_H_
