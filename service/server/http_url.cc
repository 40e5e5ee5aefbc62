#include "service/server/http_url.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/host_port.h"

namespace wriftai {

std::optional<HttpUrl> ParseHttpUrl(absl::string_view text) {
  HttpUrl url;
  url.is_https = absl::ConsumePrefix(&text, "https://");
  if (!url.is_https && !absl::ConsumePrefix(&text, "http://")) {
    return std::nullopt;
  }
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && !absl::StrContains("@?#\\\"<>^`{|}", c);
  });
  if (!is_printable) return std::nullopt;
  const size_t slash = std::min(text.find('/'), text.size());
  url.path = std::string(text.substr(slash));
  absl::string_view host = text.substr(0, slash);
  const bool has_port =
      !absl::EndsWith(host, "]") && host.rfind(':') != absl::string_view::npos;
  const std::string address =
      has_port ? std::string(host) : absl::StrCat(host, ":443");
  if (!IsHostPort(address) || PortOf(address) == 0) return std::nullopt;
  url.host = HostOf(address);
  return url;
}

bool IsLoopback(absl::string_view host) {
  return absl::EqualsIgnoreCase(host, "localhost") ||
         absl::EndsWithIgnoreCase(host, ".localhost") || host == "::1" ||
         (absl::StartsWith(host, "127.") &&
          host.find_first_not_of("0123456789.") == absl::string_view::npos);
}

}  // namespace wriftai
