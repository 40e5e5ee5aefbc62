#include "base/service_links.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace wriftai {
namespace {

bool IsAddress(absl::string_view value) {
  return absl::StartsWith(value, "tcp://") ||
         absl::StartsWith(value, "udp://") ||
         absl::StartsWith(value, "sctp://");
}

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Whether the parts from `i` on are <port>_TCP[_PROTO|_PORT|_ADDR].
bool IsPortDetail(const std::vector<absl::string_view>& parts, size_t i) {
  if (parts.size() < i + 2 || parts.size() > i + 3 || !IsNumber(parts[i]) ||
      (parts[i + 1] != "TCP" && parts[i + 1] != "UDP" &&
       parts[i + 1] != "SCTP")) {
    return false;
  }
  return parts.size() == i + 2 || parts[i + 2] == "PROTO" ||
         parts[i + 2] == "PORT" || parts[i + 2] == "ADDR";
}

}  // namespace

bool IsServiceLink(absl::string_view variable, absl::string_view value) {
  const std::vector<absl::string_view> parts = absl::StrSplit(variable, '_');
  for (size_t i = 1; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    if (parts[i] == "SERVICE" && !is_last &&
        ((parts[i + 1] == "HOST" && i + 2 == parts.size()) ||
         parts[i + 1] == "PORT")) {
      return true;
    }
    if (parts[i] != "PORT") continue;
    if (is_last ? i == 1 || IsAddress(value) : IsPortDetail(parts, i + 1)) {
      return true;
    }
  }
  return parts.size() > 1 && ((parts.size() == 2 && parts[1] == "NAME" &&
                               absl::StartsWith(value, "/")) ||
                              (parts.size() > 2 && parts[1] == "ENV"));
}

}  // namespace wriftai
