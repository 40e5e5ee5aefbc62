#include "tests/bench/micro/sample_json.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wriftai {
namespace {

std::string Head(int number, absl::string_view status) {
  const std::string id =
      absl::StrFormat("c12258c4-ed83-4d7b-a784-%012x", number);
  return absl::StrCat(
      R"({"id":")", id, R"(","url":"https://api.wrift.ai/v1/predictions/)", id,
      R"(","status":")", status,
      R"(","created_at":"2026-11-28T11:48:44.371093Z",)",
      R"("updated_at":"2026-11-28T11:48:45.500103Z","setup_time":"PT0.5S",)",
      R"("execution_time":null,"model":{"owner":"deepseek-ai",)",
      R"("name":"deepseek-r1","version_number":1})");
}

}  // namespace

std::string SamplePrediction(size_t bytes) {
  std::string json = absl::StrCat(
      Head(1, "started"),
      R"(,"output":null,"error":null,"input":{"temperature":0.7,"items":[)");
  constexpr size_t kItemBytes = 90;
  for (int i = 0; i == 0 || json.size() + kItemBytes < bytes; ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ",",
                    R"({"text":"the model reads one more \"token\"","score":)",
                    absl::StrFormat("%.4f", 0.5 + 0.0001 * (i % 4999)),
                    R"(,"index":)", i, "}");
  }
  json += R"(],"prompt":")";
  constexpr absl::string_view kEnd = "\"}}";
  while (json.size() + kEnd.size() < bytes) {
    json += static_cast<char>('a' + json.size() % 26);
  }
  return absl::StrCat(json, kEnd);
}

std::string SamplePage(int count) {
  std::string json = R"({"items":[)";
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ",",
                    Head(i, i % 2 == 0 ? "succeeded" : "started"), "}");
  }
  return json + R"(],"next_cursor":"bmV4dA==","previous_cursor":null})";
}

}  // namespace wriftai
