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

TEST(Secret, CannotBePrintedOrTakenForAString) {
  static_assert(CanBePrinted<std::string>::value, "the check can tell");
  static_assert(!CanBePrinted<Secret>::value, "no stream takes it");
  static_assert(!std::is_convertible_v<Secret, std::string>, "");
  static_assert(!std::is_convertible_v<Secret, absl::string_view>, "");
  static_assert(!std::is_convertible_v<std::string, Secret>,
                "nor does text become one unnoticed");
}

TEST(Secret, RevealsItsTextWholly) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(Secret(text).Reveal(), text);
}

TEST(Secret, IsEmptyByDefault) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().Reveal(), "");
  EXPECT_FALSE(Secret(" ").empty());
}

TEST(Secret, ComparesByText) {
  EXPECT_TRUE(Secret("a") == Secret("a"));
  EXPECT_TRUE(Secret("a") != Secret("b"));
  EXPECT_TRUE(Secret() != Secret("a"));
}

}  // namespace
}  // namespace wriftai
