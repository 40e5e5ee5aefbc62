// Reads any bytes as the records and keys that other builds, or anyone with
// access to the store, may have written. What is read, is written so that it
// reads the same again.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "tests/fuzz/check.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/records.h"

namespace wriftai::cluster {
namespace {

void CheckMember(absl::string_view text) {
  const auto record = DecodeMember(text);
  if (!record.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(record.status()));
    return;
  }
  const auto again = DecodeMember(Encode(*record));
  FUZZ_CHECK(again.ok() && again->address == record->address);
}

void CheckRequest(absl::string_view text) {
  const auto record = DecodeRequest(text);
  if (!record.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(record.status()));
    return;
  }
  FUZZ_CHECK(!record->session.empty() && !record->attempt.empty() &&
             !record->fingerprint.empty());
  const auto again = DecodeRequest(Encode(*record));
  FUZZ_CHECK(again.ok() && again->state == record->state &&
             again->session == record->session &&
             again->attempt == record->attempt &&
             again->fingerprint == record->fingerprint &&
             again->result == record->result);
}

void CheckKey(absl::string_view text) {
  const Keys keys("c");
  const Keys::Parsed parsed = keys.Parse(text);
  FUZZ_CHECK(absl::EndsWith(text, parsed.name));
  const bool is_joined = keys.JoinRange().Contains(text);
  const bool is_watched = keys.WatchRange().Contains(text);
  switch (parsed.kind) {
    case Keys::Kind::kBook:
      FUZZ_CHECK(is_joined && !is_watched && text == keys.Book(parsed.name));
      break;
    case Keys::Kind::kMember:
      FUZZ_CHECK(is_joined && is_watched && text == keys.Member(parsed.name));
      break;
    case Keys::Kind::kOwner:
      FUZZ_CHECK(is_joined && is_watched && text == keys.Owner(parsed.name));
      break;
    case Keys::Kind::kOther:
      break;
  }
  FUZZ_CHECK(absl::StartsWith(text, NodeOf(text)));
}

}  // namespace
}  // namespace wriftai::cluster

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  wriftai::cluster::CheckMember(text);
  wriftai::cluster::CheckRequest(text);
  wriftai::cluster::CheckKey(text);
  return 0;
}
