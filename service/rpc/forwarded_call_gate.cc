#include "service/rpc/forwarded_call_gate.h"

#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "upstream/error_details.h"

namespace wriftai {

absl::StatusOr<ForwardedCallInfo> ForwardedCallInfoFrom(
    const CallMetadata& metadata) {
  const auto [begin, end] = metadata.equal_range(kEpochKey);
  ForwardedCallInfo info;
  if (begin != end && std::next(begin) == end &&
      absl::SimpleAtoi(
          absl::string_view(begin->second.data(), begin->second.size()),
          &info.epoch) &&
      info.epoch > 0) {
    info.input_is_value = metadata.count(kInputIsValueKey) > 0;
    return info;
  }
  return FieldError(kEpochKey, "one metadata entry with a positive number");
}

}  // namespace wriftai
