#include "sandbox/caller.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/credential.h"

namespace wriftai::sandbox {
namespace {

// Returns the scheme and the rest.
std::pair<absl::string_view, absl::string_view> SplitAuthorization(
    absl::string_view authorization) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(
      absl::StripAsciiWhitespace(authorization), absl::MaxSplits(' ', 1));
  return {parts.first, absl::StripAsciiWhitespace(parts.second)};
}

}  // namespace

Authenticator::Authenticator(const Options& options)
    : allow_anonymous_(options.allow_anonymous) {
  for (const Secret& token : options.tokens) {
    known_keys_.insert(Credential(token).key());
  }
}

Caller Authenticator::Identify(absl::string_view authorization) const {
  if (authorization.empty()) {
    return {
        allow_anonymous_ ? Caller::Kind::kAnonymous : Caller::Kind::kRejected,
        "anonymous"};
  }
  const auto [scheme, token] = SplitAuthorization(authorization);
  if (!absl::EqualsIgnoreCase(scheme, "bearer") || token.empty()) {
    return {Caller::Kind::kRejected, "anonymous"};
  }
  std::string key = Credential(Secret(std::string(token))).key();
  if (!known_keys_.empty() && known_keys_.count(key) == 0) {
    return {Caller::Kind::kRejected, "anonymous"};
  }
  return {Caller::Kind::kToken, std::move(key)};
}

std::string RedactedAuthorization(absl::string_view authorization) {
  const auto [scheme, token] = SplitAuthorization(authorization);
  // A single word may be the token itself.
  if (token.empty()) return "redacted";
  const Credential credential{Secret(std::string(token))};
  return absl::StrCat(scheme, " sha256:", credential.display_name());
}

}  // namespace wriftai::sandbox
