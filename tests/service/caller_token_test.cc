#include "service/calls/caller_token.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Keeps the strings that the metadata refers to.
class CallerTokenTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<const Credential>> From(
      std::vector<std::string> values) {
    values_ = std::move(values);
    CallMetadata metadata;
    for (const std::string& value : values_) {
      metadata.emplace("authorization", value);
    }
    return CredentialFromMetadata(metadata);
  }

  std::shared_ptr<const OwnCredential> Own(const char* token) {
    return *OwnCredential::Open(Secret(token), "", scheduler_);
  }

  std::vector<std::string> values_;
  ManualScheduler scheduler_;
};

TEST_F(CallerTokenTest, TakesTheBearerToken) {
  EXPECT_EQ((*From({"Bearer abc"}))->token().Reveal(), "abc");
  EXPECT_EQ((*From({"bearer abc"}))->token().Reveal(), "abc");
}

TEST_F(CallerTokenTest, NoMetadataIsNoCredential) {
  EXPECT_EQ(*From({}), nullptr);
}

TEST_F(CallerTokenTest, AnythingElseIsRefusedAndNotRepeated) {
  for (const std::string& bad :
       {std::string(), std::string("s3cret"), std::string("Basic s3cret"),
        std::string("Bearer"), std::string("Bearer "),
        std::string("Bearer s3cret x"), std::string("Bearer  s3cret"),
        std::string("Bearer s3cret\r\nx-evil: 1"),
        std::string("Bearer s3cret\n"), std::string("Bearer s3cr\xc3\xa9t"),
        std::string("Bearer s3cret\0", 14),
        "Bearer " + std::string(4097, 's')}) {
    const auto credential = From({bad});
    EXPECT_THAT(credential,
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "authorization: wanted one metadata entry \"Bearer "
                         "TOKEN\", TOKEN of 1 to 4096 printable ASCII "
                         "characters without spaces"));
    EXPECT_THAT(credential.status().ToString(), Not(HasSubstr("s3cr")));
  }
}

TEST_F(CallerTokenTest, TwoTokensAreRefused) {
  EXPECT_THAT(From({"Bearer a", "Bearer b"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CallerTokenTest, ThePolicyChooses) {
  const auto caller = MakeCredential("caller");
  const auto own = Own("own");
  const auto chosen = [&](CredentialPolicy policy,
                          std::shared_ptr<const Credential> callers) {
    return std::string(
        (*ChooseCredential(policy, callers, own))->token().Reveal());
  };
  EXPECT_EQ(chosen(CredentialPolicy::kCaller, caller), "caller");
  EXPECT_EQ(chosen(CredentialPolicy::kGateway, caller), "own");
  EXPECT_EQ(chosen(CredentialPolicy::kCallerThenGateway, caller), "caller");
  EXPECT_EQ(chosen(CredentialPolicy::kCallerThenGateway, nullptr), "own");
}

TEST_F(CallerTokenTest, ACallerWithTheGatewaysTokenHasItsCredential) {
  const auto caller = MakeCredential("own");
  const auto own = Own("own");
  EXPECT_EQ(
      *ChooseCredential(CredentialPolicy::kCallerThenGateway, caller, own),
      own);
  // Which would outlive the caller's token where only callers' tokens count.
  EXPECT_EQ(*ChooseCredential(CredentialPolicy::kCaller, caller, own), caller);
}

TEST_F(CallerTokenTest, WithoutATokenTheCallIsUnauthenticated) {
  const auto none = Own("");
  for (const auto policy :
       {CredentialPolicy::kCaller, CredentialPolicy::kCallerThenGateway}) {
    EXPECT_THAT(ChooseCredential(policy, nullptr, none),
                StatusIs(absl::StatusCode::kUnauthenticated,
                         "the call needs metadata \"authorization: Bearer "
                         "TOKEN\" with a WriftAI access token"));
  }
  EXPECT_THAT(ChooseCredential(CredentialPolicy::kGateway,
                               MakeCredential("caller"), none),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       "the gateway has no token of its own"));
}

}  // namespace
}  // namespace wriftai
