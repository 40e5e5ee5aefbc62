#include "service/rpc/forwarded_call_gate.h"

#include <iterator>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "upstream/error_details.h"
#include "upstream/json/rfc3339.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// The value of a key that has exactly one.
std::optional<absl::string_view> OnlyValue(const CallMetadata& metadata,
                                           const char* key) {
  const auto [begin, end] = metadata.equal_range(key);
  if (begin == end || std::next(begin) != end) return std::nullopt;
  return absl::string_view(begin->second.data(), begin->second.size());
}

}  // namespace

absl::StatusOr<ForwardedCallInfo> ForwardedCallInfoFrom(
    const CallMetadata& metadata) {
  ForwardedCallInfo info;
  const auto epoch = OnlyValue(metadata, kEpochKey);
  if (!epoch.has_value() || !absl::SimpleAtoi(*epoch, &info.epoch) ||
      info.epoch <= 0) {
    return FieldError(kEpochKey, "one metadata entry with a positive number");
  }
  if (const auto tags = OnlyValue(metadata, kOwnTagsKey)) {
    info.own_tags = absl::StrSplit(*tags, ',', absl::SkipEmpty());
  }
  info.input_is_value = metadata.count(kInputIsValueKey) > 0;
  if (metadata.count(kCreatedAtKey) > 0) {
    const auto text = OnlyValue(metadata, kCreatedAtKey);
    const auto created =
        text.has_value() ? TimestampFromRfc3339(*text) : std::nullopt;
    if (!created.has_value()) {
      return FieldError(kCreatedAtKey,
                        "one metadata entry with a time such as "
                        "2026-01-31T12:00:00.5Z");
    }
    info.created = TimeOf(*created);
  }
  return info;
}

}  // namespace wriftai
