#include "base/uuid.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(UuidFromTextTest, ReturnsUuidInLowerCase) {
  EXPECT_EQ(UuidFromText("C12258c4-ED83-4d7b-a784-8ed55412325a"),
            "c12258c4-ed83-4d7b-a784-8ed55412325a");
}

TEST(UuidFromTextTest, RejectsOtherFormats) {
  for (const std::string text : {"", "x", "c12258c4ed834d7ba7848ed55412325a",
                                 "c12258c4-ed83-4d7b-a784-8ed55412325",
                                 "c12258c4-ed83-4d7b-a784-8ed55412325a ",
                                 "{c12258c4-ed83-4d7b-a784-8ed55412325a}",
                                 "c12258c4-ed83-4d7b-a784-8ed55412325g",
                                 "c12258c4+ed83-4d7b-a784-8ed55412325a",
                                 "../../x?\r\nhost: evil..............."}) {
    EXPECT_EQ(UuidFromText(text), std::nullopt) << text;
  }
  EXPECT_EQ(UuidFromText(std::string(1 << 20, 'a')), std::nullopt);
}

}  // namespace
}  // namespace wriftai
