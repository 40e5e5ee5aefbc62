#include "base/credential.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(Credential, KeyIsTheHashOfTheToken) {
  EXPECT_EQ(Credential(Secret("abc")).key(),
            "ba7816bf8f01cfea414140de5dae2223"
            "b00361a396177a9cb410ff61f20015ad");
}

TEST(Credential, ShowsTwelveDigitsOfTheKeyAndNothingOfTheToken) {
  EXPECT_EQ(Credential(Secret("abc")).display_name(), "ba7816bf8f01");
}

TEST(Credential, TokensThatDifferHaveKeysThatDiffer) {
  EXPECT_NE(Credential(Secret("abc")).key(), Credential(Secret("abd")).key());
  EXPECT_NE(Credential(Secret("abc")).key(), Credential(Secret("abc ")).key());
}

TEST(Credential, KeepsItsToken) {
  const Credential credential(Secret("abc"));
  EXPECT_EQ(credential.token(), Secret("abc"));
  EXPECT_TRUE(credential.previous_token().empty());
}

}  // namespace
}  // namespace wriftai
