#include "upstream/http/request_check.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai {
namespace {

absl::Status Invalid(absl::string_view what, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", why));
}

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("!#$%&'*+-.^_`|~").find(c) !=
             absl::string_view::npos;
}

bool IsToken(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenChar);
}

bool IsHeaderValue(absl::string_view value) {
  constexpr absl::string_view kBreaks("\r\n\0", 3);
  return value.find_first_of(kBreaks) == absl::string_view::npos;
}

bool IsOwnedByTransport(absl::string_view name) {
  for (const absl::string_view owned :
       {"accept-encoding", "connection", "content-length", "expect", "host",
        "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}) {
    if (absl::EqualsIgnoreCase(name, owned)) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<CurlUrl> CheckRequest(const HttpRequest& request,
                                     UrlParser& urls) {
  absl::StatusOr<CurlUrl> url = urls.Parse(request.url);
  if (!url.ok()) return url;
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return Invalid("header", "the name is not a token");
    if (IsOwnedByTransport(name)) {
      return Invalid(name, "only the transport may set this header");
    }
    if (!IsHeaderValue(value)) {
      return Invalid(name, "must not contain CR, LF or NUL");
    }
    if (!request.bearer.empty() &&
        absl::EqualsIgnoreCase(name, "authorization")) {
      return Invalid(name, "conflicts with the bearer token");
    }
  }
  if (!IsHeaderValue(request.bearer.Reveal())) {
    return Invalid("bearer", "must not contain CR, LF or NUL");
  }
  if (request.method == HttpMethod::kGet && !request.body.empty()) {
    return Invalid("body", "not allowed with GET");
  }
  return url;
}

}  // namespace wriftai
