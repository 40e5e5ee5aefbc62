#include "service/engine/credential_choice.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

class CredentialChoiceTest : public ::testing::Test {
 protected:
  std::shared_ptr<const GatewayCredential> MakeGateway(const char* token) {
    return *GatewayCredential::Open(Secret(token), "", event_loop_);
  }

  ManualEventLoop event_loop_;
};

TEST_F(CredentialChoiceTest, SelectsCredentialByPolicy) {
  const auto caller = MakeCredential("caller");
  const auto gateway = MakeGateway("own");
  const auto chosen = [&](CredentialPolicy policy,
                          std::shared_ptr<const Credential> sent) {
    return std::string(
        (*ChooseCredential(policy, sent, gateway))->token().Reveal());
  };
  EXPECT_EQ(chosen(CredentialPolicy::kCaller, caller), "caller");
  EXPECT_EQ(chosen(CredentialPolicy::kGateway, caller), "own");
  EXPECT_EQ(chosen(CredentialPolicy::kCallerThenGateway, caller), "caller");
  EXPECT_EQ(chosen(CredentialPolicy::kCallerThenGateway, nullptr), "own");
}

TEST_F(CredentialChoiceTest, CallerWithGatewayTokenSharesItsCredential) {
  const auto caller = MakeCredential("own");
  const auto gateway = MakeGateway("own");
  EXPECT_EQ(
      *ChooseCredential(CredentialPolicy::kCallerThenGateway, caller, gateway),
      gateway);
  // Under kCaller, the gateway's credential would outlive the caller's token.
  EXPECT_EQ(*ChooseCredential(CredentialPolicy::kCaller, caller, gateway),
            caller);
}

TEST_F(CredentialChoiceTest, RejectsCallWithoutToken) {
  const auto none = MakeGateway("");
  for (const auto policy :
       {CredentialPolicy::kCaller, CredentialPolicy::kCallerThenGateway}) {
    EXPECT_THAT(ChooseCredential(policy, nullptr, none),
                StatusIs(absl::StatusCode::kUnauthenticated,
                         "the call requires metadata \"authorization: Bearer "
                         "TOKEN\" with a WriftAI access token"));
  }
  EXPECT_THAT(ChooseCredential(CredentialPolicy::kGateway,
                               MakeCredential("caller"), none),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       "no access token is configured for the gateway"));
}

}  // namespace
}  // namespace wriftai
