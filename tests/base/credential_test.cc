#include "base/credential.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(CredentialTest, KeyIsSha256OfToken) {
  EXPECT_EQ(Credential(Secret("abc")).key(),
            "ba7816bf8f01cfea414140de5dae2223"
            "b00361a396177a9cb410ff61f20015ad");
}

TEST(CredentialTest, DisplayNameIsFirstTwelveDigitsOfKey) {
  EXPECT_EQ(Credential(Secret("abc")).display_name(), "ba7816bf8f01");
}

TEST(CredentialTest, DifferentTokensHaveDifferentKeys) {
  EXPECT_NE(Credential(Secret("abc")).key(), Credential(Secret("abd")).key());
  EXPECT_NE(Credential(Secret("abc")).key(), Credential(Secret("abc ")).key());
}

TEST(CredentialTest, KeepsToken) {
  const Credential credential(Secret("abc"));
  EXPECT_EQ(credential.token(), Secret("abc"));
  EXPECT_TRUE(credential.previous_token().empty());
}

}  // namespace
}  // namespace wriftai
