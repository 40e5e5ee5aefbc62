#include "base/http_server/server_response.h"

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

struct Phrase {
  int status;
  absl::string_view text;
};

// Those that the servers use, and that an API behind a proxy may have. RFC
// 9110, section 15, and RFC 6585.
constexpr Phrase kPhrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

}  // namespace

absl::string_view ReasonPhrase(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "Unknown";
}

std::string HeadOf(const ServerResponse& response, bool close) {
  return absl::StrCat("HTTP/1.1 ", response.status, " ",
                      ReasonPhrase(response.status), "\r\n", response.headers,
                      "content-length: ",
                      response.announced_length.value_or(response.body_bytes()),
                      "\r\n", close ? "connection: close\r\n" : "", "\r\n");
}

}  // namespace wriftai
