#ifndef WRIFTAI_SERVICE_SERVER_HTTP_URL_H_
#define WRIFTAI_SERVICE_SERVER_HTTP_URL_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// URLs in the settings. All functions: pure, any thread.

namespace wriftai {

struct HttpUrl {
  bool is_https = false;
  std::string host;  // Without brackets.
  std::string path;  // Verbatim; may be empty.
};

// Parses an absolute http or https URL in printable ASCII, with a host and an
// optional port from 1 to 65535, without user, query and fragment.
std::optional<HttpUrl> ParseHttpUrl(absl::string_view text);

// Whether `host` is this machine: localhost, 127.0.0.0/8 or ::1.
bool IsLoopback(absl::string_view host);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_HTTP_URL_H_
