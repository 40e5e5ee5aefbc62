#include "upstream/http/url_parser.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// What libcurl would request.
std::string TextOf(CURLU* url) {
  char* text = nullptr;
  EXPECT_EQ(curl_url_get(url, CURLUPART_URL, &text, 0), CURLUE_OK);
  std::string result(text);
  curl_free(text);
  return result;
}

// The same, or the error.
std::string Parsed(UrlParser& parser, const std::string& url) {
  const auto parsed = parser.Parse(url);
  return parsed.ok() ? TextOf(parsed->get())
                     : std::string(parsed.status().message());
}

// As libcurl parses the whole URL.
std::string ParsedWhole(const char* text) {
  const CurlUrl url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text,
                                      CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
  return code == CURLUE_OK ? TextOf(url.get())
                           : std::string("url: ") + curl_url_strerror(code);
}

TEST(UrlParserTest, AcceptsHttpAndHttps) {
  for (const char* url :
       {"http://localhost:8080/v1", "https://api.example/a%20b?c=d",
        "HTTPS://API.EXAMPLE", "http://127.0.0.1:1", "http://[::1]:80/"}) {
    UrlParser parser;
    EXPECT_THAT(parser.Parse(url), IsOk()) << url;
  }
}

TEST(UrlParserTest, RejectsOtherSchemesAndNone) {
  UrlParser parser;
  for (const char* url : {"", "/v1", "api.example/v1", "ftp://a/", "file:///a",
                          "gopher://a/", "https:/a", "javascript://a/"}) {
    EXPECT_THAT(parser.Parse(url),
                StatusIs(kInvalid, "url: must start with http:// or https://"))
        << url;
  }
}

TEST(UrlParserTest, RejectsInvalidBytes) {
  UrlParser parser;
  for (const std::string& part :
       {std::string(" "), std::string("\r\n"), std::string("\t"),
        std::string(1, '\0'), std::string("\x7f"), std::string("\xc3\xa9")}) {
    EXPECT_THAT(
        parser.Parse("http://a/b" + part + "c"),
        StatusIs(kInvalid, "url: must be printable ASCII without spaces"));
  }
}

TEST(UrlParserTest, RejectsUrlWithoutHostWithUserOrWithInvalidPort) {
  UrlParser parser;
  for (const char* url :
       {"http://", "http:///a", "https://:443/", "http://user:hunter2@a/",
        "http://user@a/", "http://a:99999/", "http://a:b/", "http://[::1/"}) {
    EXPECT_THAT(parser.Parse(url),
                StatusIs(kInvalid,
                         AllOf(HasSubstr("url: "), Not(HasSubstr("hunter2")))))
        << url;
  }
}

TEST(UrlParserTest, RememberedOriginChangesNoUrl) {
  UrlParser parser;
  for (const char* const url :
       {"http://a:80/v1/x", "http://a:80/v1/y", "http://a:80", "http://a:80/",
        "http://a:80//x/../y/.", "http://a:81/v1/x", "https://a:80/v1/x",
        "https://a/v1/x", "https://a/x%2Fy%2fz", "https://a/x?y=/%2B",
        "https://a?x/y", "https://a/x#y", "https://a/x", "https://b@a/x",
        "https://a/x@y", "https://[::1]:7/x", "HTTPS://A/x", "https://a/x"}) {
    EXPECT_EQ(Parsed(parser, url), ParsedWhole(url));
    EXPECT_EQ(Parsed(parser, url), ParsedWhole(url));
  }
}

TEST(UrlParserTest, RejectedUrlIsNotRemembered) {
  UrlParser parser;
  const std::string error = Parsed(parser, "http://a:b/x");
  EXPECT_THAT(error, HasSubstr("url: "));
  EXPECT_EQ(Parsed(parser, "http://a:b/x"), error);
  EXPECT_EQ(Parsed(parser, "http://a/x"), "http://a/x");
}

}  // namespace
}  // namespace wriftai
