#include "service/etcd/etcd_status.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

absl::StatusCode CodeOf(grpc::StatusCode code, const std::string& message) {
  return FromEtcd(grpc::Status(code, message)).code();
}

TEST(EtcdStatusTest, RejectionsByEtcdAreCertain) {
  EXPECT_THAT(FromEtcd(grpc::Status::OK), IsOk());
  EXPECT_EQ(CodeOf(grpc::StatusCode::NOT_FOUND,
                   "etcdserver: requested lease not found"),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(grpc::StatusCode::RESOURCE_EXHAUSTED,
                   "etcdserver: mvcc: database space exceeded"),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(grpc::StatusCode::INVALID_ARGUMENT,
                   "etcdserver: request is too large"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(grpc::StatusCode::PERMISSION_DENIED,
                   "etcdserver: permission denied"),
            absl::StatusCode::kPermissionDenied);
}

TEST(EtcdStatusTest, ErrorsOfARequestInProgressAreUncertain) {
  for (const char* const message :
       {"etcdserver: request timed out", "etcdserver: leader changed",
        "etcdserver: no leader", "etcdserver: server stopped"}) {
    EXPECT_EQ(CodeOf(grpc::StatusCode::UNAVAILABLE, message),
              absl::StatusCode::kUnavailable);
  }
  EXPECT_EQ(CodeOf(grpc::StatusCode::UNKNOWN, "raft: stopped"),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(grpc::StatusCode::UNKNOWN, "etcdserver: request cancelled"),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(EtcdStatusTest, BusyServerIsNotFull) {
  for (const auto code :
       {grpc::StatusCode::UNKNOWN, grpc::StatusCode::RESOURCE_EXHAUSTED}) {
    EXPECT_EQ(CodeOf(code, "etcdserver: too many requests"),
              absl::StatusCode::kUnavailable);
  }
}

TEST(EtcdStatusTest, ErrorsOfOthersThanEtcdAreUncertain) {
  for (const auto code :
       {grpc::StatusCode::CANCELLED, grpc::StatusCode::UNKNOWN,
        grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::NOT_FOUND,
        grpc::StatusCode::PERMISSION_DENIED,
        grpc::StatusCode::RESOURCE_EXHAUSTED,
        grpc::StatusCode::FAILED_PRECONDITION, grpc::StatusCode::OUT_OF_RANGE,
        grpc::StatusCode::UNIMPLEMENTED, grpc::StatusCode::INTERNAL,
        grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::UNAUTHENTICATED}) {
    EXPECT_EQ(CodeOf(code, "Received message larger than max"),
              absl::StatusCode::kUnavailable)
        << code;
  }
}

TEST(EtcdStatusTest, MessageIsSanitized) {
  EXPECT_EQ(FromEtcd({grpc::StatusCode::UNAVAILABLE, "a\nb\x1b[1m"}).message(),
            "etcd: a?b?[1m");
}

}  // namespace
}  // namespace wriftai
