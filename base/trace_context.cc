#include "base/trace_context.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/random_id.h"

namespace wriftai {
namespace {

// version "-" trace-id "-" parent-id "-" trace-flags
constexpr size_t kTraceIdAt = 3;
constexpr size_t kParentIdAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kLength = 55;

constexpr size_t kMaxMembers = 32;
constexpr size_t kMaxKeyBytes = 256;
constexpr size_t kMaxValueBytes = 256;

// Larger members are dropped first if the total is too large.
constexpr size_t kLargeMemberBytes = 128;

bool IsLowerHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

uint8_t FromHexDigit(char digit) {
  return static_cast<uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

bool IsKeyStart(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c);
}

bool IsKey(absl::string_view key) {
  return !key.empty() && key.size() <= kMaxKeyBytes && IsKeyStart(key[0]) &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return IsKeyStart(c) ||
                  absl::StrContains("_-*/@", absl::string_view(&c, 1));
         });
}

bool IsValue(absl::string_view value) {
  return !value.empty() && value.size() <= kMaxValueBytes &&
         value.back() != ' ' &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '='; });
}

// Strips HTTP whitespace, which excludes line breaks.
absl::string_view Strip(absl::string_view text) {
  constexpr absl::string_view kWhiteSpace = " \t";
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == absl::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

// The non-empty members, stripped; empty if `text` is not a valid tracestate.
std::vector<absl::string_view> Members(absl::string_view text) {
  std::vector<absl::string_view> members;
  std::vector<absl::string_view> keys;
  for (absl::string_view member : absl::StrSplit(text, ',')) {
    member = Strip(member);
    if (member.empty()) continue;
    const size_t equals = member.find('=');
    if (equals == absl::string_view::npos || !IsKey(member.substr(0, equals)) ||
        !IsValue(member.substr(equals + 1)) || members.size() == kMaxMembers) {
      return {};
    }
    members.push_back(member);
    keys.push_back(member.substr(0, equals));
  }
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return {};
  return members;
}

}  // namespace

std::optional<TraceContext> TraceContext::Parse(absl::string_view traceparent) {
  if (traceparent.size() < kLength) return std::nullopt;
  const absl::string_view version = traceparent.substr(0, 2);
  const absl::string_view trace_id = traceparent.substr(kTraceIdAt, 32);
  const absl::string_view parent_id = traceparent.substr(kParentIdAt, 16);
  const absl::string_view flags = traceparent.substr(kFlagsAt, 2);
  const bool well_formed =
      IsLowerHex(version) && version != "ff" && IsLowerHex(trace_id) &&
      IsLowerHex(parent_id) && IsLowerHex(flags) && !IsZero(trace_id) &&
      !IsZero(parent_id) && traceparent[kTraceIdAt - 1] == '-' &&
      traceparent[kParentIdAt - 1] == '-' && traceparent[kFlagsAt - 1] == '-';
  const bool ends_well = traceparent.size() == kLength ||
                         (version != "00" && traceparent[kLength] == '-');
  if (!well_formed || !ends_well) return std::nullopt;
  TraceContext context;
  std::copy(trace_id.begin(), trace_id.end(), context.trace_id_.begin());
  std::copy(parent_id.begin(), parent_id.end(), context.parent_id_.begin());
  // The others are reserved and must not be propagated.
  context.flags_ = FromHexDigit(flags[1]) & (kSampled | kRandomId);
  return context;
}

TraceContext TraceContext::Begin() {
  const std::string trace_id = RandomTraceId();
  TraceContext context;
  std::copy(trace_id.begin(), trace_id.end(), context.trace_id_.begin());
  context.flags_ = kRandomId;
  return context;
}

TraceContext TraceContext::ForChildrenOf(absl::string_view span_id) const {
  TraceContext context = *this;
  std::copy_n(span_id.begin(), context.parent_id_.size(),
              context.parent_id_.begin());
  return context;
}

std::string TraceContext::WithParent(absl::string_view span_id) const {
  return absl::StrCat("00-", trace_id(), "-", span_id, "-0", flags_);
}

std::string JoinTracestate(const std::vector<absl::string_view>& headers) {
  std::string joined = absl::StrJoin(headers, ",");
  std::vector<absl::string_view> members = Members(joined);
  if (members.empty()) return "";
  if (joined.size() <= kMaxTracestateBytes) return joined;
  const auto fits = [&] {
    size_t bytes = members.empty() ? 0 : members.size() - 1;
    for (const absl::string_view member : members) bytes += member.size();
    return bytes <= kMaxTracestateBytes;
  };
  while (!fits()) {
    // The last large member, or else the last member.
    const auto large = std::find_if(members.rbegin(), members.rend(),
                                    [](absl::string_view member) {
                                      return member.size() > kLargeMemberBytes;
                                    });
    members.erase(large == members.rend() ? members.end() - 1
                                          : std::next(large).base());
  }
  return absl::StrJoin(members, ",");
}

}  // namespace wriftai
