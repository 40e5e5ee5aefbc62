#include "client/arguments/input.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/arguments/files.h"
#include "client/arguments/usage_error.h"
#include "client/output/text.h"
#include "upstream/json/json_reader.h"
#include "upstream/json/json_text.h"

namespace wriftai::client {
namespace {

constexpr char kStandardInput[] = "@-";

absl::Status CheckJson(absl::string_view subject, absl::string_view text) {
  NoJsonVisitor visitor;
  const absl::Status status = ReadJson(text, visitor);
  return status.ok() ? status : UsageError(subject, status.message());
}

absl::StatusOr<std::string> Read(absl::string_view subject,
                                 absl::string_view argument,
                                 std::istream& standard_input) {
  absl::StatusOr<std::string> text = ReadArgument(argument, standard_input);
  if (!text.ok()) return UsageError(subject, text.status().message());
  if (!IsUtf8(*text)) {
    return UsageError(subject,
                      "expected UTF-8; encode a binary file, such as with "
                      "base64");
  }
  return text;
}

struct Field {
  absl::string_view key;
  absl::string_view value;
  bool is_json = false;
};

absl::StatusOr<Field> Split(absl::string_view argument) {
  Field field;
  const size_t equals = argument.find('=');
  field.key = argument.substr(0, equals);
  field.is_json =
      equals != absl::string_view::npos && absl::ConsumeSuffix(&field.key, ":");
  if (equals == absl::string_view::npos || field.key.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(argument.empty() ? "empty argument" : argument,
                     ": expected KEY=VALUE or KEY:=JSON as part of the input"));
  }
  field.value = argument.substr(equals + 1);
  return field;
}

}  // namespace

absl::StatusOr<std::string> InputFromFlag(absl::string_view argument,
                                          std::istream& standard_input) {
  if (argument == "-") argument = kStandardInput;
  absl::StatusOr<std::string> text = Read("--input", argument, standard_input);
  if (!text.ok()) return text;
  if (absl::Status status = CheckJson("--input", *text); !status.ok()) {
    return status;
  }
  return text;
}

absl::StatusOr<std::string> InputFromFields(
    const std::vector<std::string>& fields, std::istream& standard_input) {
  std::string object = "{";
  std::set<absl::string_view> keys;
  bool input_read = false;
  for (const std::string& argument : fields) {
    absl::StatusOr<Field> field = Split(argument);
    if (!field.ok()) return field.status();
    if (!keys.insert(field->key).second) {
      return UsageError(field->key, "given twice");
    }
    if (field->value == kStandardInput && std::exchange(input_read, true)) {
      return UsageError(field->key, "another key reads standard input");
    }
    absl::StatusOr<std::string> value =
        Read(field->key, field->value, standard_input);
    if (!value.ok()) return value.status();
    if (field->is_json) {
      if (absl::Status status = CheckJson(field->key, *value); !status.ok()) {
        return status;
      }
    } else {
      value = EncodeJsonString(*value);
    }
    absl::StrAppend(&object, object.size() == 1 ? "" : ",",
                    EncodeJsonString(field->key), ":", *value);
  }
  return absl::StrCat(object, "}");
}

}  // namespace wriftai::client
