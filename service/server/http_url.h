#ifndef WRIFTAI_SERVICE_SERVER_HTTP_URL_H_
#define WRIFTAI_SERVICE_SERVER_HTTP_URL_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// URLs among the settings. All functions: pure, any thread.

namespace wriftai {

struct HttpUrl {
  bool is_https = false;
  std::string host;  // Without brackets.
  std::string path;  // As it was given; empty: none.
};

// An absolute http or https URL in printable ASCII, with a host, a port from 1
// to 65535 where there is one, and without user, query and fragment.
std::optional<HttpUrl> ParseHttpUrl(absl::string_view text);

// Whether `host` is this machine: localhost, 127.0.0.0/8 or ::1.
bool IsLoopback(absl::string_view host);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_HTTP_URL_H_
