#include "service/rpc/auth_metadata.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Owns the strings that the metadata refers to.
class AuthMetadataTest : public ::testing::Test {
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

  std::vector<std::string> values_;
};

TEST_F(AuthMetadataTest, AcceptsBearerToken) {
  EXPECT_EQ((*From({"Bearer abc"}))->token().Reveal(), "abc");
  EXPECT_EQ((*From({"bearer abc"}))->token().Reveal(), "abc");
}

TEST_F(AuthMetadataTest, ReturnsNullWithoutMetadata) {
  EXPECT_EQ(*From({}), nullptr);
}

TEST_F(AuthMetadataTest, RejectsInvalidTokenWithoutRepeatingIt) {
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
                         "authorization: expected one metadata entry \"Bearer "
                         "TOKEN\", with a TOKEN of 1 to 4096 printable "
                         "ASCII characters without spaces"));
    EXPECT_THAT(credential.status().ToString(), Not(HasSubstr("s3cr")));
  }
}

TEST_F(AuthMetadataTest, RejectsTwoTokens) {
  EXPECT_THAT(From({"Bearer a", "Bearer b"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
