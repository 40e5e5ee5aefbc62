#include "client/arguments/input.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace wriftai::client {
namespace {

class InputTest : public ::testing::Test {
 protected:
  // The input, or the error.
  std::string FromFields(const std::vector<std::string>& fields) {
    const auto input = InputFromFields(fields, standard_input_);
    return input.ok() ? *input : std::string(input.status().message());
  }

  std::string FromFlag(const std::string& argument) {
    const auto input = InputFromFlag(argument, standard_input_);
    return input.ok() ? *input : std::string(input.status().message());
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "input_" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::istringstream standard_input_;
};

TEST_F(InputTest, QuotesStringsAndKeepsJson) {
  EXPECT_EQ(FromFields({"prompt=say \"hi\"\n=", "n:=1.000", "o:={\"a\": [ ]}",
                        "empty="}),
            "{\"prompt\":\"say \\\"hi\\\"\\n=\",\"n\":1.000,\"o\":{\"a\": [ ]},"
            "\"empty\":\"\"}");
}

TEST_F(InputTest, QuotesKeys) {
  EXPECT_EQ(FromFields({"a\"b=1"}), "{\"a\\\"b\":\"1\"}");
}

TEST_F(InputTest, ReadsFilesAndStandardInput) {
  const std::string text = Write("text", "two\nlines\n");
  const std::string json = Write("json", " [1e999]\n");
  standard_input_.str("piped");
  EXPECT_EQ(FromFields({"a=@" + text, "b:=@" + json, "c=@-"}),
            "{\"a\":\"two\\nlines\\n\",\"b\": [1e999]\n,\"c\":\"piped\"}");
}

TEST_F(InputTest, ReportsTheKeyAndWhatWasExpected) {
  const std::string binary = Write("binary", "\xff\xd8");
  const std::pair<std::vector<std::string>, std::string> kCases[] = {
      {{"prompt"},
       "prompt: expected KEY=VALUE or KEY:=JSON as part of the input"},
      {{""},
       "empty argument: expected KEY=VALUE or KEY:=JSON as part of the input"},
      {{"a=@"}, "a: expected a file name after @, or - for standard input"},
      {{"=x"}, "=x: expected KEY=VALUE or KEY:=JSON as part of the input"},
      {{":=1"}, ":=1: expected KEY=VALUE or KEY:=JSON as part of the input"},
      {{"a=1", "a:=2"}, "a: given twice"},
      {{"a:=hello"}, "a: not valid JSON at byte 0: expected a value"},
      {{"a:="}, "a: not valid JSON at byte 0: unexpected end"},
      {{"a=@/nowhere/x"},
       "a: cannot open /nowhere/x: No such file or directory"},
      {{"a=@" + binary},
       "a: expected UTF-8; encode a binary file, such as with base64"},
      {{"a=@-", "b=@-"}, "b: another key reads standard input"},
  };
  for (const auto& [fields, message] : kCases) {
    EXPECT_EQ(FromFields(fields), message);
  }
}

TEST_F(InputTest, AcceptsAnyJsonAsFlag) {
  for (const char* const json :
       {"null", " [1e999, \"\\ud800\"]\n", "{\"a\":1,\"a\":2}"}) {
    EXPECT_EQ(FromFlag(json), json);
  }
  standard_input_.str("7");
  EXPECT_EQ(FromFlag("-"), "7");
}

TEST_F(InputTest, RejectsFlagThatIsNotJson) {
  EXPECT_EQ(FromFlag("Hello"),
            "--input: not valid JSON at byte 0: expected a value");
  EXPECT_EQ(FromFlag("{} x"),
            "--input: not valid JSON at byte 3: unexpected text after the "
            "value");
}

}  // namespace
}  // namespace wriftai::client
