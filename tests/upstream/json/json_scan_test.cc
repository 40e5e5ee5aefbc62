#include "upstream/json/json_scan.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

// The size of the number at the beginning of `text`; 0 if ScanNumber() finds
// none. The copy is an allocation of its own, so that the address sanitizer
// detects over-reads.
size_t NumberSize(const std::string& text) {
  const std::vector<char> copy(text.begin(), text.end());
  const char* const begin = copy.data();
  const char* const end = begin + copy.size();
  const char* const found = ScanNumber(begin, BlocksEnd(begin, end), end);
  return found == nullptr ? 0 : static_cast<size_t>(found - begin);
}

// Checks where the runs of plain bytes and of digits end from every byte of
// `text` on, in an allocation of its own as above.
void CheckRuns(const std::string& text) {
  const std::vector<char> copy(text.begin(), text.end());
  const char* const end = copy.data() + copy.size();
  const char* const blocks_end = BlocksEnd(copy.data(), end);
  for (const char* begin = copy.data(); begin != end; ++begin) {
    const char* const plain_end = std::find_if(begin, end, EndsPlainRun);
    ASSERT_EQ(FindPlainEnd(begin, blocks_end, end), plain_end) << text;
    ASSERT_EQ(PortablePlainEnd(begin, end), plain_end) << text;
    const char* const digits_end =
        std::find_if(begin, end, [](char c) { return c < '0' || c > '9'; });
    ASSERT_EQ(SkipDigits(begin, blocks_end, end), digits_end) << text;
    ASSERT_EQ(PortableSkipDigits(begin, end), digits_end) << text;
  }
}

TEST(JsonScanTest, EndsRunsAtSameByteOnEveryProcessor) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const size_t before : {0, 7, 8, 15, 16, 17, 40}) {
      for (const char c : {'a', '7'}) {
        CheckRuns(std::string(before, c) + static_cast<char>(byte) +
                  std::string(20, c));
      }
    }
  }
}

TEST(JsonScanTest, EndsRunsOfRandomTextAtSameByteOnEveryProcessor) {
  constexpr absl::string_view kBytes = "aZ 09[:\x7f\x80\xc3\xff\"\\\x1f\n/";
  std::mt19937 random(1);
  const auto below = [&random](size_t end) { return random() % end; };
  for (int i = 0; i < 3000; ++i) {
    // Most bytes are the same, so that runs have many lengths.
    const char filler = i % 2 == 0 ? 'x' : '5';
    std::string text;
    for (size_t size = below(100); size > 0; --size) {
      text.push_back(below(20) > 0 ? filler : kBytes[below(kBytes.size())]);
    }
    CheckRuns(text);
  }
}

TEST(SkipJsonSpaceTest, SkipsOnlySpaceOfGrammar) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string(" \t\r\n") + static_cast<char>(byte);
    const char* const end = text.data() + text.size();
    const bool is_space =
        byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    EXPECT_EQ(SkipJsonSpace(text.data(), end), is_space ? end : end - 1)
        << byte;
  }
}

TEST(ScanNumberTest, ScansWholeNumber) {
  EXPECT_EQ(NumberSize("-12.50e+07,1"), 10U);
  EXPECT_EQ(NumberSize("0]"), 1U);
  EXPECT_EQ(NumberSize("7"), 1U);
  EXPECT_EQ(NumberSize("0E0 "), 3U);
  EXPECT_EQ(NumberSize("1-1"), 1U);
}

TEST(ScanNumberTest, RejectsInvalidNumbers) {
  for (const char* const text :
       {"", "-", "-a", "01", "-00", "1.", "1.e1", ".1", "1e", "1e+", "1.2.3",
        "1e1.0", "1e1e1", "0.1.", "--1", "e1", "+1"}) {
    EXPECT_EQ(NumberSize(text), 0U) << text;
  }
}

}  // namespace
}  // namespace wriftai
