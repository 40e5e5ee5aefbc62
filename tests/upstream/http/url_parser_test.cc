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

// What libcurl would request, or the error.
std::string Parsed(UrlParser& parser, const std::string& url) {
  const auto parsed = parser.Parse(url);
  if (!parsed.ok()) return std::string(parsed.status().message());
  char* text = nullptr;
  EXPECT_EQ(curl_url_get(parsed->get(), CURLUPART_URL, &text, 0), CURLUE_OK);
  std::string result(text);
  curl_free(text);
  return result;
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
  UrlParser used;
  for (const std::string& url :
       {std::string("http://a:80/v1/x"), std::string("http://a:80/v1/y"),
        std::string("http://a:80"), std::string("http://a:80/"),
        std::string("http://a:80//x/../y/."), std::string("http://a:81/v1/x"),
        std::string("https://a:80/v1/x"), std::string("https://a/v1/x"),
        std::string("https://a/x%2Fy%2fz"), std::string("https://a/x?y=/%2B"),
        std::string("https://a?x/y"), std::string("https://a/x#y"),
        std::string("https://a/x"), std::string("https://b@a/x"),
        std::string("https://a/x@y"), std::string("https://[::1]:7/x"),
        std::string("HTTPS://A/x"), std::string("https://a/x")}) {
    UrlParser fresh;
    EXPECT_EQ(Parsed(used, url), Parsed(fresh, url)) << url;
    EXPECT_EQ(Parsed(used, url), Parsed(fresh, url)) << url;
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
