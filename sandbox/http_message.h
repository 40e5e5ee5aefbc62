#ifndef WRIFTAI_SANDBOX_HTTP_MESSAGE_H_
#define WRIFTAI_SANDBOX_HTTP_MESSAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace wriftai::sandbox {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  // As sent.
  std::string path;    // Still percent-encoded.
  std::string query;   // Without the question mark.
  Headers headers;     // As sent, in order.
  std::string body;
  std::string peer;        // The client's IP address.
  bool oversized = false;  // The body exceeds the limit and was not read.

  // The first header of that name, ignoring case; empty if none exists.
  absl::string_view Header(absl::string_view name) const {
    for (const auto& header : headers) {
      if (absl::EqualsIgnoreCase(header.first, name)) return header.second;
    }
    return {};
  }
};

// How a response is sent.
enum class Delivery {
  kWhole,
  kCut,   // Half of the body that content-length announces, then a close.
  kHuge,  // A JSON object of Response::huge_bytes bytes instead of the body.
  kNone,  // The connection is closed without a response.
};

struct Response {
  int status = 200;
  Headers headers;  // Without content-length, which the server adds.
  std::string body;
  Delivery delivery = Delivery::kWhole;
  int64_t huge_bytes = 0;
  bool close = false;  // Closes the connection after the response.
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_HTTP_MESSAGE_H_
