#include "service/telemetry/call_record.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "service/rpc/auth_metadata.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::MatchesRegex;

constexpr char kUuid[] =
    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

std::string IdFrom(const std::string& sent) {
  return RequestIdFrom(CallMetadata{{kRequestIdKey, sent}});
}

TEST(RequestIdTest, AcceptsSafeIdFromCaller) {
  const std::string rows[] = {
      "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
      "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "Root=1-67891233-abcdef012345678912345678",
      "dGhpcyBpcyBiYXNlNjQ+/w==",
      "a:b~c.d_e@f",
      "x",
      std::string(128, 'x'),
  };
  for (const std::string& row : rows) EXPECT_EQ(IdFrom(row), row);
}

TEST(RequestIdTest, ReplacesUnsafeIdWithNewUuid) {
  const std::string rows[] = {
      "",
      " ",
      "two words",
      "a\"b",
      "a\\b",
      "a,b",
      "a;b",
      "{}",
      "a\r\nx-evil: 1",
      std::string("a\0b", 3),
      "\xC3\xA9",
      "\x7F",
      std::string(129, 'x'),
  };
  for (const std::string& row : rows) {
    EXPECT_THAT(IdFrom(row), MatchesRegex(kUuid)) << row;
  }
  EXPECT_THAT(RequestIdFrom({}), MatchesRegex(kUuid));
  EXPECT_NE(RequestIdFrom({}), RequestIdFrom({}));
}

TEST(RequestIdTest, ReplacesTwoIdsWithNewUuid) {
  const CallMetadata both = {{kRequestIdKey, "one"}, {kRequestIdKey, "two"}};
  EXPECT_THAT(RequestIdFrom(both), MatchesRegex(kUuid));
}

TEST(AddressOfTest, RemovesSchemeAndPort) {
  const std::pair<const char*, const char*> rows[] = {
      {"ipv4:192.0.2.7:4711", "192.0.2.7"},
      {"ipv6:%5B2001:db8::1%5D:4711", "2001:db8::1"},
      {"ipv6:[2001:db8::1]:4711", "2001:db8::1"},
      {"ipv6:%5Bfe80::1%25eth0%5D:4711", "fe80::1%eth0"},
      {"unix:/run/caller.sock", "unix"},
      {"unknown", "unknown"},
      {"", ""},
  };
  for (const auto& [peer, address] : rows) {
    EXPECT_EQ(AddressOf(peer), address) << peer;
  }
}

TEST(CancellationStatusTest, IsDeadlineExceededNearDeadline) {
  CallRecord record;
  record.started_at = absl::UnixEpoch();
  const auto code = [&](absl::Duration deadline, absl::Duration after) {
    record.deadline = record.started_at + deadline;
    return CancellationStatus(record, record.started_at + after).code();
  };
  using Code = absl::StatusCode;
  const absl::Duration second = absl::Seconds(1);
  EXPECT_EQ(code(absl::InfiniteDuration(), second), Code::kCancelled);
  EXPECT_EQ(code(10 * second, second), Code::kCancelled);
  EXPECT_EQ(code(10 * second, 9 * second), Code::kCancelled);
  // The slack is 1% of the timeout plus 100 ms.
  EXPECT_EQ(code(10 * second, 9.79 * second), Code::kCancelled);
  EXPECT_EQ(code(10 * second, 9.81 * second), Code::kDeadlineExceeded);
  EXPECT_EQ(code(10 * second, 11 * second), Code::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(CancellationStatus(record, record.deadline)),
            v1::DEADLINE_EXCEEDED);
}

TEST(CallMethodTest, FullNameMatchesSchema) {
  EXPECT_EQ(FullName(MethodOf<v1::GetRequest>()),
            "wriftai.predictions.v1.Predictions/Get");
  EXPECT_EQ(FullName(MethodOf<v1::CreateAndWaitRequest>()),
            "wriftai.predictions.v1.Predictions/CreateAndWait");
}

}  // namespace
}  // namespace wriftai
