#include "service/rpc/model_reference.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "base/sanitize.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr size_t kMaxNameBytes = 128;

bool IsName(absl::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  if (text == "." || text == "..") return false;
  return IsVisibleText(text) &&
         text.find_first_of("/:?#") == absl::string_view::npos;
}

// Only digits: SimpleAtoi also accepts signs and whitespace.
bool IsVersion(absl::string_view text, int64_t* version) {
  return !text.empty() && text.front() != '0' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; }) &&
         absl::SimpleAtoi(text, version);
}

}  // namespace

absl::StatusOr<ModelReference> ModelReferenceFrom(absl::string_view model) {
  const size_t slash = std::min(model.find('/'), model.size());
  const absl::string_view owner = model.substr(0, slash);
  absl::string_view name = model.substr(std::min(slash + 1, model.size()));
  ModelReference reference;
  const size_t colon = name.find(':');
  bool valid = true;
  if (colon != absl::string_view::npos) {
    int64_t version = 0;
    valid = IsVersion(name.substr(colon + 1), &version);
    reference.version = version;
    name = name.substr(0, colon);
  }
  if (!valid || !IsName(owner) || !IsName(name)) {
    return FieldError(
        "model",
        "owner/name or owner/name:version, with an integer version of at least "
        "1, and owner and name of 1 to 128 bytes of visible characters without "
        "whitespace, '/', ':', '?' and '#'");
  }
  reference.owner = std::string(owner);
  reference.name = std::string(name);
  return reference;
}

}  // namespace wriftai
