#include "service/rpc/auth_metadata.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

// HTTP servers accept 8 KiB of headers, which the token shares with others.
constexpr size_t kMaxBytes = 4096;

}  // namespace

absl::StatusOr<std::shared_ptr<const Credential>> CredentialFromMetadata(
    const CallMetadata& metadata) {
  const auto range = metadata.equal_range("authorization");
  if (range.first == range.second) {
    return std::shared_ptr<const Credential>();
  }
  const absl::string_view value(range.first->second.data(),
                                range.first->second.size());
  const absl::string_view token =
      value.substr(std::min(kScheme.size(), value.size()));
  const bool printable = std::all_of(
      token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (std::next(range.first) != range.second || token.empty() || !printable ||
      token.size() > kMaxBytes ||
      !absl::EqualsIgnoreCase(value.substr(0, kScheme.size()), kScheme)) {
    return FieldError("authorization",
                      "one metadata entry \"Bearer TOKEN\", with a TOKEN of 1 "
                      "to 4096 printable ASCII characters without spaces");
  }
  return std::make_shared<const Credential>(Secret(std::string(token)));
}

}  // namespace wriftai
