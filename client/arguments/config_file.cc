#include "client/arguments/config_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wriftai::client {
namespace {

absl::Status LineError(int line, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

template <typename Named>
bool HasName(const std::vector<Named>& list, absl::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Named& item) { return item.name == name; });
}

}  // namespace

absl::StatusOr<std::vector<ConfigSection>> ParseConfig(absl::string_view text) {
  std::vector<ConfigSection> sections;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    if (absl::ConsumePrefix(&line, "[")) {
      if (!absl::ConsumeSuffix(&line, "]") || line.empty()) {
        return LineError(number, "expected [NAME]");
      }
      if (HasName(sections, line)) {
        return LineError(number, absl::StrCat("second section [", line, "]"));
      }
      sections.push_back({std::string(line), {}});
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == absl::string_view::npos || equals == 0) {
      return LineError(number, "expected [NAME] or NAME = VALUE");
    }
    if (sections.empty()) {
      return LineError(number, "expected a section first, such as [default]");
    }
    std::string name = absl::StrReplaceAll(
        absl::StripTrailingAsciiWhitespace(line.substr(0, equals)),
        {{"-", "_"}});
    if (HasName(sections.back().settings, name)) {
      return LineError(number, absl::StrCat("second setting of ", name));
    }
    sections.back().settings.push_back(
        {std::move(name),
         std::string(
             absl::StripLeadingAsciiWhitespace(line.substr(equals + 1))),
         number});
  }
  return sections;
}

}  // namespace wriftai::client
