#include "base/secret.h"

#include <sstream>
#include <type_traits>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

template <typename T, typename = void>
struct CanBePrinted : std::false_type {};
template <typename T>
struct CanBePrinted<T, std::void_t<decltype(std::declval<std::ostream&>()
                                            << std::declval<const T&>())>>
    : std::true_type {};

TEST(SecretTest, CannotBePrintedOrConvertedToString) {
  static_assert(CanBePrinted<std::string>::value, "the check works");
  static_assert(!CanBePrinted<Secret>::value, "it cannot be streamed");
  static_assert(!std::is_convertible_v<Secret, std::string>, "");
  static_assert(!std::is_convertible_v<Secret, absl::string_view>, "");
  static_assert(!std::is_convertible_v<std::string, Secret>,
                "text does not convert implicitly");
}

TEST(SecretTest, RevealReturnsWholeText) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(Secret(text).Reveal(), text);
}

TEST(SecretTest, IsEmptyByDefault) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().Reveal(), "");
  EXPECT_FALSE(Secret(" ").empty());
}

TEST(SecretTest, ComparesByText) {
  EXPECT_TRUE(Secret("a") == Secret("a"));
  EXPECT_TRUE(Secret("a") != Secret("b"));
  EXPECT_TRUE(Secret() != Secret("a"));
}

}  // namespace
}  // namespace wriftai
