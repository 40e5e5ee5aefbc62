#ifndef WRIFTAI_SANDBOX_ROUTER_H_
#define WRIFTAI_SANDBOX_ROUTER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai::sandbox {

enum class Endpoint {
  kUnknownPath,
  kUnknownMethod,
  kCreate,         // POST /predictions
  kCreateLatest,   // POST /models/{owner}/{name}/predictions
  kCreateVersion,  // POST /models/{owner}/{name}/versions/{number}/predictions
  kList,           // GET /predictions
  kGet,            // GET /predictions/{prediction_id}
  kCancel,         // POST /predictions/{prediction_id}/cancel
};

struct Route {
  Endpoint endpoint = Endpoint::kUnknownPath;
  // The path with names in braces, for statistics; "unknown" if none matches.
  absl::string_view pattern = "unknown";
  // The values of the names, percent-decoded.
  std::vector<std::string> arguments;
  // For kUnknownMethod: the methods of the path, for the allow header.
  std::string allowed_methods;

  bool creates() const {
    return endpoint == Endpoint::kCreate ||
           endpoint == Endpoint::kCreateLatest ||
           endpoint == Endpoint::kCreateVersion;
  }
};

// Finds the route of a request. `path` is still percent-encoded: an encoded
// slash is part of a segment.
Route FindRoute(absl::string_view method, absl::string_view path);

// Keeps a percent sign that is not followed by two hex digits.
std::string PercentDecode(absl::string_view text);

// The decoded value of the first `name=value` in a query string, if present.
struct QueryValue {
  bool present = false;
  std::string text;
};
QueryValue FindQueryValue(absl::string_view query, absl::string_view name);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_ROUTER_H_
