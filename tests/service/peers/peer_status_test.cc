#include "service/peers/peer_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "service/rpc/grpc_status.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

TEST(PeerStatusTest, KeepsEveryDetailOfAnError) {
  absl::Status sent = InvalidField("input.n", "too large");
  SetMetadata("http_status", "422", sent);
  SetRetryDelay(absl::Milliseconds(1500), sent);
  google::rpc::ResourceInfo resource;
  resource.set_resource_name("c12258c4");
  SetDetail(resource, sent);
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_subject("token");
  SetDetail(quota, sent);
  google::rpc::PreconditionFailure failure;
  failure.add_violations()->set_type("STATUS");
  SetDetail(failure, sent);

  const absl::Status received = FromGrpcStatus(ToGrpcStatus(sent));
  EXPECT_EQ(received, sent);
  EXPECT_EQ(ReasonOf(received), v1::INVALID_FIELD);
  EXPECT_EQ(MetadataOf("http_status", received), "422");
  EXPECT_EQ(RetryDelay(received), absl::Milliseconds(1500));
  EXPECT_TRUE(IsFromOwner(received));
}

TEST(PeerStatusTest, OkStaysOk) {
  EXPECT_THAT(FromGrpcStatus(grpc::Status::OK), IsOk());
}

TEST(PeerStatusTest, ErrorsOfGrpcAreNotTheOwners) {
  const absl::Status status = FromGrpcStatus(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"));
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kUnavailable, "connection refused"));
  EXPECT_FALSE(IsFromOwner(status));
}

TEST(PeerStatusTest, UnknownCodesBecomeUnknown) {
  EXPECT_THAT(
      FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(20), "m")),
      StatusIs(absl::StatusCode::kUnknown, "m"));
}

TEST(PeerStatusTest, SanitizesText) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("A\nB");
  details.add_details()->PackFrom(info);
  const absl::Status status = FromGrpcStatus(grpc::Status(
      grpc::StatusCode::INTERNAL, "a\nb\xff" + std::string(2000, 'c'),
      details.SerializeAsString()));
  EXPECT_EQ(status.message(), "a b?" + std::string(996, 'c'));
  EXPECT_EQ(GetDetail<google::rpc::ErrorInfo>(status)->reason(), "A B");
}

TEST(PeerStatusTest, DropsUnusableDetails) {
  google::rpc::Status details;
  google::rpc::DebugInfo stack;
  stack.set_detail("stack");
  details.add_details()->PackFrom(stack);
  auto* const malformed = details.add_details();
  malformed->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  malformed->set_value("\xff");
  const auto payloads = [](const std::string& bytes) {
    int count = 0;
    FromGrpcStatus(grpc::Status(grpc::StatusCode::INTERNAL, "m", bytes))
        .ForEachPayload([&](absl::string_view, const absl::Cord&) { ++count; });
    return count;
  };
  EXPECT_EQ(payloads(details.SerializeAsString()), 0);
  EXPECT_EQ(payloads("\xff"), 0);

  google::rpc::Status large;
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(kMaxStatusDetailBytes, 'a'));
  large.add_details()->PackFrom(info);
  EXPECT_EQ(payloads(large.SerializeAsString()), 0);
}

}  // namespace
}  // namespace wriftai
