#include "upstream/http/url_parser.h"

#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

absl::Status Invalid(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("url: ", why));
}

absl::StatusOr<CurlUrl> Set(CurlUrl url, CURLUPart part, const char* text) {
  // Out of memory; operator new would end the process, too.
  if (url == nullptr) std::abort();
  const CURLUcode code = curl_url_set(url.get(), part, text,
                                      CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
  if (code != CURLUE_OK) return Invalid(curl_url_strerror(code));
  return url;
}

absl::StatusOr<CurlUrl> ParseWhole(const std::string& url) {
  return Set(CurlUrl(curl_url()), CURLUPART_URL, url.c_str());
}

// Where the path begins; npos unless the rest of the URL is a path without
// escapes. libcurl changes their case when a path is set.
size_t PlainPathOf(absl::string_view url) {
  const size_t path = url.find('/', url.find("//") + 2);
  return url.find_first_of("?#%@\\") == absl::string_view::npos
             ? path
             : absl::string_view::npos;
}

}  // namespace

absl::StatusOr<CurlUrl> UrlParser::AppendToOrigin(const char* path) const {
  return Set(CurlUrl(curl_url_dup(parsed_origin_.get())), CURLUPART_PATH, path);
}

absl::StatusOr<CurlUrl> UrlParser::Parse(const std::string& url) {
  if (!absl::StartsWithIgnoreCase(url, "http://") &&
      !absl::StartsWithIgnoreCase(url, "https://")) {
    return Invalid("must start with http:// or https://");
  }
  for (const char c : url) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) {
      return Invalid("must be printable ASCII without spaces");
    }
  }
  const size_t path = PlainPathOf(url);
  if (path == std::string::npos) return ParseWhole(url);
  const absl::string_view origin = absl::string_view(url).substr(0, path);
  if (origin != origin_) {
    auto parsed = ParseWhole(std::string(origin));
    if (!parsed.ok()) return parsed;
    origin_ = std::string(origin);
    parsed_origin_ = *std::move(parsed);
  }
  return AppendToOrigin(url.c_str() + path);
}

}  // namespace wriftai
