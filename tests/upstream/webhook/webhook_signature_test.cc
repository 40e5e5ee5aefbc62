#include "upstream/webhook/webhook_signature.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sandbox/webhook_signature.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

// The test vector of the API reference.
constexpr absl::string_view kBody =
    R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a","status":"succeeded"})";
constexpr absl::string_view kV1 =
    "b484b9247766d2ef969cb275bdce8cac543c9d0aa95149592b392da1e46ea7b9";
constexpr int64_t kTime = 1729168452;

std::string Hex(char digit) { return std::string(64, digit); }

std::string VectorHeader() { return absl::StrCat("t=", kTime, ",v1=", kV1); }

WebhookSignature Parsed(const std::string& header) {
  auto result = ParseWebhookSignature(header);
  const auto* const signature = std::get_if<WebhookSignature>(&result);
  EXPECT_NE(signature, nullptr) << header;
  return signature == nullptr ? WebhookSignature() : *signature;
}

bool Matches(const std::string& header, absl::string_view body,
             const std::vector<std::string>& keys) {
  std::vector<Secret> secrets;
  for (const std::string& key : keys) secrets.emplace_back(key);
  return MatchesWebhookSignature(Parsed(header), body, secrets);
}

TEST(WebhookSignatureTest, MatchesReferenceVector) {
  EXPECT_TRUE(Matches(VectorHeader(), kBody, {"top-secret"}));
}

TEST(WebhookSignatureTest, RejectsOtherKeyBodyOrTime) {
  EXPECT_FALSE(Matches(VectorHeader(), kBody, {"top-secreT"}));
  EXPECT_FALSE(Matches(VectorHeader(), kBody, {"top-secret2"}));
  EXPECT_FALSE(Matches(VectorHeader(), kBody, {""}));
  EXPECT_FALSE(Matches(VectorHeader(), kBody, {}));
  EXPECT_FALSE(
      Matches(VectorHeader(), absl::StrCat(kBody, " "), {"top-secret"}));
  EXPECT_FALSE(Matches(VectorHeader(), kBody.substr(1), {"top-secret"}));
  EXPECT_FALSE(Matches(absl::StrCat("t=", kTime + 1, ",v1=", kV1), kBody,
                       {"top-secret"}));
}

TEST(WebhookSignatureTest, AcceptsAnyV1UnderAnyCurrentKey) {
  const std::string header = absl::StrCat("t=", kTime, ",v1=", Hex('0'),
                                          ",v2=zz,v1=", kV1, ",v1=", Hex('f'));
  EXPECT_TRUE(Matches(header, kBody, {"new", "top-secret"}));
  EXPECT_TRUE(Matches(header, kBody, {"top-secret", "old"}));
  EXPECT_FALSE(Matches(header, kBody, {"new", "old"}));
}

TEST(WebhookSignatureTest, AcceptsSignaturesOfSandbox) {
  const std::vector<std::string> bodies = {"", "{}", std::string("a\0b", 3),
                                           std::string(1 << 20, 'x'),
                                           "\xf0\x9f\x8d\x93"};
  for (const std::string& body : bodies) {
    for (const int64_t seconds : {int64_t{0}, kTime, int64_t{9999999999}}) {
      const std::string header = sandbox::SignWebhook(
          Secret("k\xc3\xa4y"), absl::FromUnixSeconds(seconds), body);
      EXPECT_TRUE(Matches(header, body, {"k\xc3\xa4y"}));
      EXPECT_FALSE(Matches(header, body, {"key"}));
    }
  }
}

TEST(WebhookSignatureTest, ParsesPartsVerbatim) {
  const std::string header =
      absl::StrCat("t=012,v1=", Hex('a'), ",v9=~!,v1=", Hex('9'));
  const WebhookSignature signature = Parsed(header);
  EXPECT_EQ(signature.timestamp, "012");
  EXPECT_THAT(signature.v1, ElementsAre(Hex('a'), Hex('9')));
}

TEST(WebhookSignatureTest, RejectsMalformedHeader) {
  const std::string good = absl::StrCat(",v1=", Hex('a'));
  std::string nul = absl::StrCat("t=1,v1=", Hex('a'));
  nul.back() = '\0';
  std::vector<std::string> headers = {
      "",
      ",",
      "t",
      "t=",
      "t=1",
      "t=1,",
      "v1",
      Hex('a'),
      absl::StrCat("v1=", Hex('a')),          // No time.
      absl::StrCat("v1=", Hex('a'), ",t=1"),  // The time is not first.
      absl::StrCat("t=1,t=1", good),          // Two times.
      absl::StrCat("t=1", good, ",t=2"),
      absl::StrCat("t=", good),
      absl::StrCat("t=-1", good),
      absl::StrCat("t=+1", good),
      absl::StrCat("t=1.0", good),
      absl::StrCat("t=0x1", good),
      absl::StrCat("t=1e9", good),
      absl::StrCat("t=17291684520", good),  // Eleven digits.
      absl::StrCat("t=99999999999999999999999", good),
      absl::StrCat("T=1", good),
      absl::StrCat(" t=1", good),  // Spaces.
      absl::StrCat("t =1", good),
      absl::StrCat("t= 1", good),
      absl::StrCat("t=1 ", good),
      absl::StrCat("t=1, v1=", Hex('a')),
      absl::StrCat("t=1", good, " "),
      absl::StrCat("t=1,v1= ", Hex('a').substr(1)),
      absl::StrCat("t=1", good, ","),  // An empty item.
      absl::StrCat("t=1,", good),
      absl::StrCat("t=1,v1=", Hex('a').substr(1)),  // 63 digits.
      absl::StrCat("t=1,v1=a", Hex('a')),           // 65.
      "t=1,v1=",
      absl::StrCat("t=1,v1=", Hex('A')),  // Upper case.
      absl::StrCat("t=1,v1=", Hex('g')),
      nul,
      absl::StrCat("t=1", good, ",v1=short"),  // A good and a bad one.
      absl::StrCat("t=1", good, ",v2="),
      absl::StrCat("t=1", good, ",=x"),
      absl::StrCat("t=1", good, ",v2=a=b"),
      absl::StrCat("t=1", good, ",v2"),
      absl::StrCat("t=1;v1=", Hex('a')),
  };
  std::string many = "t=1";
  for (int i = 0; i < 16; ++i) absl::StrAppend(&many, good);
  headers.push_back(many);
  for (const std::string& header : headers) {
    const auto result = ParseWebhookSignature(header);
    const auto* const outcome = std::get_if<WebhookOutcome>(&result);
    ASSERT_NE(outcome, nullptr) << header;
    EXPECT_EQ(*outcome, WebhookOutcome::kMalformedSignature) << header;
  }
}

TEST(WebhookSignatureTest, AcceptsSixteenItems) {
  std::string header = "t=1";
  for (int i = 0; i < 15; ++i) absl::StrAppend(&header, ",v1=", Hex('a'));
  EXPECT_EQ(Parsed(header).v1.size(), 15u);
}

TEST(WebhookSignatureTest, ReportsUnsupportedSchemes) {
  for (const std::string& header :
       {std::string("t=1,v2=abc"), absl::StrCat("t=1,V1=", Hex('a')),
        absl::StrCat("t=1,v11=", Hex('a'))}) {
    const auto result = ParseWebhookSignature(header);
    const auto* const outcome = std::get_if<WebhookOutcome>(&result);
    ASSERT_NE(outcome, nullptr) << header;
    EXPECT_EQ(*outcome, WebhookOutcome::kUnsupportedSignature) << header;
  }
}

TEST(WebhookSignatureTest, AcceptsTimesUpToFiveMinutesAway) {
  const WebhookSignature signature = {"1729168452", {}};
  const absl::Time time = absl::FromUnixSeconds(kTime);
  const absl::Duration instant = absl::Nanoseconds(1);
  for (const absl::Duration near :
       {absl::ZeroDuration(), absl::Seconds(300), -absl::Seconds(300)}) {
    EXPECT_EQ(CheckWebhookTime(signature, time + near),
              WebhookOutcome::kAccepted);
  }
  for (const absl::Duration far :
       {absl::Seconds(300) + instant, -absl::Seconds(300) - instant,
        absl::Hours(24 * 365 * 60), -absl::Hours(24 * 365 * 60)}) {
    EXPECT_EQ(CheckWebhookTime(signature, time + far), WebhookOutcome::kStale);
  }
}

}  // namespace
}  // namespace wriftai
