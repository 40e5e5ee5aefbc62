#include "upstream/rest/field_path.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai {
namespace {

using Step = std::variant<std::string, int64_t>;
using Location = std::vector<Step>;

// Limits of one name inside an input, and of a whole path. Names in schemas are
// shorter; a hundred violations must fit into the trailers.
constexpr size_t kMaxNameBytes = 64;
constexpr size_t kMaxPathBytes = 256;

// Maps a parameter of an upstream endpoint to our field.
struct Parameter {
  Operation operation;
  absl::string_view part;
  absl::string_view name;
  absl::string_view field;
};

constexpr Parameter kParameters[] = {
    {Operation::kGet, "path", "prediction_id", "id"},
    {Operation::kCancel, "path", "prediction_id", "id"},
    {Operation::kList, "query", "cursor", "page_token"},
    {Operation::kList, "query", "page_size", "page_size"},
    {Operation::kCreate, "path", "model_owner", "model"},
    {Operation::kCreate, "path", "model_name", "model"},
    {Operation::kCreate, "path", "number", "model"},
    {Operation::kCreate, "header", "prefer", "server_wait"},
    {Operation::kCreate, "header", "validate-input", "validate_input"},
    {Operation::kCreate, "body", "model", "model"},
};

// The name at `index`, or empty.
absl::string_view NameAt(const Location& location, size_t index) {
  if (index >= location.size()) return {};
  const auto* const name = std::get_if<std::string>(&location[index]);
  return name == nullptr ? absl::string_view() : absl::string_view(*name);
}

std::string RestOf(const Location& location, size_t first) {
  first = std::min(first, location.size());
  return LocationText(Location(
      location.begin() + static_cast<std::ptrdiff_t>(first), location.end()));
}

// Whether the name can be part of a path without making it ambiguous.
bool IsPlainName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  c == '_' || c == '-';
         });
}

FieldPath InsideInput(const Location& location, const CallSubject& subject) {
  size_t next = 2;  // After "body", "input".
  if (!subject.input_is_value) return {"input_json", RestOf(location, next)};
  std::string path = "input";
  for (; next < location.size(); ++next) {
    std::string step;
    if (const auto* const index = std::get_if<int64_t>(&location[next])) {
      if (*index < 0) break;
      step = absl::StrCat("[", *index, "]");
    } else if (IsPlainName(NameAt(location, next))) {
      step = absl::StrCat(".", NameAt(location, next));
    } else {
      break;
    }
    if (path.size() + step.size() > kMaxPathBytes) break;
    absl::StrAppend(&path, step);
  }
  return {std::move(path), RestOf(location, next)};
}

FieldPath InCreateBody(const Location& location, const CallSubject& subject) {
  // The whole body, or a position in it.
  if (location.size() == 1 || std::holds_alternative<int64_t>(location[1])) {
    return {subject.input_is_value ? "input" : "input_json", ""};
  }
  const absl::string_view member = NameAt(location, 1);
  if (member == "input") return InsideInput(location, subject);
  if (member == "webhook") {
    const absl::string_view name = NameAt(location, 2);
    if (name == "url") return {"webhook.url", RestOf(location, 3)};
    if (name == "secret") return {"webhook.secret", RestOf(location, 3)};
    return {"webhook", RestOf(location, 2)};
  }
  return {"", RestOf(location, 0)};
}

}  // namespace

FieldPath FieldPathOf(const UpstreamViolation& violation,
                      const CallSubject& subject) {
  const Location& location = violation.location;
  const absl::string_view part = NameAt(location, 0);
  // Header names may have any case, and underscores, as in framework arguments.
  std::string name = std::string(NameAt(location, 1));
  if (part == "header") {
    absl::AsciiStrToLower(&name);
    std::replace(name.begin(), name.end(), '_', '-');
    if (name == "authorization") return {name, RestOf(location, 2)};
  }
  for (const Parameter& known : kParameters) {
    if (known.operation == subject.operation && known.part == part &&
        known.name == name) {
      return {std::string(known.field), RestOf(location, 2)};
    }
  }
  if (subject.operation == Operation::kCreate && part == "body") {
    return InCreateBody(location, subject);
  }
  return {"", RestOf(location, 0)};
}

}  // namespace wriftai
