#include "upstream/cluster/records.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace wriftai::cluster {
namespace {

constexpr absl::string_view kSendingText = "sending";
constexpr absl::string_view kAnsweredText = "answered";

// The value of the first line NAME=VALUE, or empty.
std::string Field(absl::string_view text, absl::string_view name) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (parts.first == name) return std::string(parts.second);
  }
  return "";
}

std::vector<std::string> ListField(absl::string_view text,
                                   absl::string_view name) {
  return absl::StrSplit(Field(text, name), ',', absl::SkipEmpty());
}

bool Intersect(const std::vector<std::string>& some,
               const std::vector<std::string>& others) {
  return std::find_first_of(some.begin(), some.end(), others.begin(),
                            others.end()) != some.end();
}

}  // namespace

bool MemberRecord::SharesProtocol(const MemberRecord& other) const {
  return Intersect(protocols, other.protocols);
}

bool MemberRecord::HasOwnToken(const std::vector<std::string>& tags) const {
  return Intersect(own_tags, tags);
}

bool MemberRecord::MayShareOwnToken(const MemberRecord& other) const {
  return own_tags.empty() || other.own_tags.empty() ||
         HasOwnToken(other.own_tags);
}

std::string Encode(const MemberRecord& record) {
  const std::pair<absl::string_view, std::string> fields[] = {
      {"address", record.address},
      {"webhook", record.webhook_address},
      {"build", record.build},
      {"protocols", absl::StrJoin(record.protocols, ",")},
      {"admitted", record.admitted ? "1" : "0"},
      {"own", absl::StrJoin(record.own_tags, ",")},
  };
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) absl::StrAppend(&text, name, "=", value, "\n");
  }
  return text;
}

absl::StatusOr<MemberRecord> DecodeMember(absl::string_view text) {
  MemberRecord record;
  record.address = Field(text, "address");
  if (record.address.empty()) {
    return absl::InvalidArgumentError("member record: expected an address");
  }
  record.webhook_address = Field(text, "webhook");
  record.build = Field(text, "build");
  record.protocols = ListField(text, "protocols");
  const std::string admitted = Field(text, "admitted");
  record.admitted = admitted != "0";
  record.calls_joining = !admitted.empty();
  record.own_tags = ListField(text, "own");
  return record;
}

std::string Encode(const RequestRecord& record) {
  return absl::StrCat(
      "state=",
      record.state == RequestRecord::State::kSending ? kSendingText
                                                     : kAnsweredText,
      "\nsession=", record.session, "\nattempt=", record.attempt,
      "\nfingerprint=", record.fingerprint, "\nresult=", record.result, "\n");
}

absl::StatusOr<RequestRecord> DecodeRequest(absl::string_view text) {
  RequestRecord record;
  const std::string state = Field(text, "state");
  if (state == kAnsweredText) {
    record.state = RequestRecord::State::kAnswered;
  } else if (state != kSendingText) {
    return absl::InvalidArgumentError(
        "request record: expected the state sending or answered");
  }
  record.session = Field(text, "session");
  record.attempt = Field(text, "attempt");
  record.fingerprint = Field(text, "fingerprint");
  record.result = Field(text, "result");
  if (record.session.empty() || record.attempt.empty() ||
      record.fingerprint.empty()) {
    return absl::InvalidArgumentError(
        "request record: expected session, attempt and fingerprint");
  }
  return record;
}

}  // namespace wriftai::cluster
