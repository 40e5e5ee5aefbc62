#include "service/etcd/etcd_codec.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using cluster::KeyRange;
using ::testing::HasSubstr;

// The message in protobuf's text format.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

absl::StatusOr<cluster::RangeResult> Range(const std::string& text) {
  auto response = Parse<etcdserverpb::RangeResponse>(text);
  return DecodeRange({"b", "d"}, response);
}

constexpr char kEntry[] =
    "kvs { key: 'b' create_revision: 2 mod_revision: 3 value: 'x' lease: 4 } ";

TEST(EtcdCodecTest, SmallestKeyStandsForAnEmptyBegin) {
  const auto request = EncodeRange({"", "\xff"});
  EXPECT_EQ(request.key(), std::string(1, '\0'));
  EXPECT_EQ(request.range_end(), "\xff");
}

TEST(EtcdCodecTest, LeaseTimeIsRoundedUp) {
  EXPECT_EQ(EncodeGrant(absl::Milliseconds(1001)).ttl(), 2);
  EXPECT_EQ(EncodeGrant(absl::Seconds(2)).ttl(), 2);
}

TEST(EtcdCodecTest, RejectsMalformedRanges) {
  ASSERT_THAT(Range(std::string("header { revision: 3 }") + kEntry), IsOk());
  for (const std::string& text : std::vector<std::string>{
           "",
           std::string("header { revision: -3 }"),
           // The entry is newer than the store.
           std::string("header { revision: 2 }") + kEntry,
           std::string("header { revision: 3 } more: true ") + kEntry,
           std::string("header { revision: 3 }") + kEntry + kEntry,
           "header { revision: 3 } kvs { key: 'd' create_revision: 2 "
           "mod_revision: 2 }",
           "header { revision: 3 } kvs { key: 'a' create_revision: 2 "
           "mod_revision: 2 }",
           "header { revision: 3 } kvs { key: 'b' mod_revision: 2 }",
           "header { revision: 3 } kvs { key: 'b' create_revision: 3 "
           "mod_revision: 2 }",
           "header { revision: 3 } kvs { key: 'b' create_revision: 2 "
           "mod_revision: 2 lease: -1 }",
           "header { revision: 3 } kvs { key: 'c' create_revision: 2 "
           "mod_revision: 2 } kvs { key: 'b' create_revision: 2 mod_revision: "
           "2 }",
       }) {
    EXPECT_THAT(Range(text), StatusIs(absl::StatusCode::kUnavailable,
                                      HasSubstr("malformed response")))
        << text;
  }
}

// A transaction that puts "b", and else reads "b" and "c".
absl::StatusOr<cluster::TxnResult> Txn(const std::string& text,
                                       bool has_condition = true) {
  cluster::Txn txn;
  if (has_condition) txn.conditions = {cluster::KeyIsAbsent("b")};
  txn.writes = {cluster::Put{"b", "x"}};
  txn.else_keys = {"b", "c"};
  const auto request = EncodeTxn(txn);
  auto response = Parse<etcdserverpb::TxnResponse>(text);
  return DecodeTxn(request, response);
}

TEST(EtcdCodecTest, RejectsMalformedTransactions) {
  const std::string header = "header { revision: 3 }";
  const std::string put = "responses { response_put {} }";
  const std::string no_entry = "responses { response_range {} }";
  const std::string entry =
      std::string("responses { response_range {") + kEntry + "} }";
  ASSERT_THAT(Txn(header + "succeeded: true " + put), IsOk());
  ASSERT_THAT(Txn(header + entry + no_entry), IsOk());
  for (const std::string& text : std::vector<std::string>{
           "",
           "succeeded: true " + put,
           header + "succeeded: true ",
           header + "succeeded: true " + put + put,
           header + "succeeded: true " + no_entry,
           header + "succeeded: true responses {}",
           header,
           header + entry,
           header + entry + put,
           header + entry + no_entry + no_entry,
           // The entry of another key.
           header + no_entry + entry,
           header + "responses { response_range {" + kEntry + kEntry + "} }" +
               no_entry,
       }) {
    EXPECT_THAT(Txn(text), StatusIs(absl::StatusCode::kUnavailable,
                                    HasSubstr("malformed response")))
        << text;
  }
  // Without a condition it must be applied.
  EXPECT_THAT(Txn(header + no_entry + no_entry, false),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(EtcdCodecTest, RejectsMalformedLeases) {
  const auto grant = [](const std::string& text) {
    return DecodeGrant(EncodeGrant(absl::Seconds(2)),
                       Parse<etcdserverpb::LeaseGrantResponse>(text));
  };
  EXPECT_THAT(grant("id: 7 ttl: 2"), IsOkAndHolds(7));
  for (const char* const text : {"", "ttl: 2", "id: -7 ttl: 2", "id: 7 ttl: 1",
                                 "id: 7 ttl: 2 error: 'e'"}) {
    EXPECT_THAT(grant(text), StatusIs(absl::StatusCode::kUnavailable)) << text;
  }
}

TEST(EtcdCodecTest, LeaseWithoutTimeDoesNotExist) {
  const auto keep_alive = [](const std::string& text) {
    return DecodeKeepAlive(Parse<etcdserverpb::LeaseKeepAliveRequest>("id: 7"),
                           Parse<etcdserverpb::LeaseKeepAliveResponse>(text));
  };
  EXPECT_THAT(keep_alive("id: 7 ttl: 2"), IsOkAndHolds(absl::Seconds(2)));
  EXPECT_THAT(keep_alive("id: 7"), StatusIs(absl::StatusCode::kNotFound));
  for (const char* const text : {"", "id: 8 ttl: 2", "id: 7 ttl: -1"}) {
    EXPECT_THAT(keep_alive(text), StatusIs(absl::StatusCode::kUnavailable))
        << text;
  }
}

}  // namespace
}  // namespace wriftai
