#include "service/etcd/watch_decoder.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "service/etcd/etcd_codec.h"
#include "service/etcd/etcd_status.h"

namespace wriftai {

using cluster::Event;

absl::StatusOr<std::vector<Event>> WatchDecoder::Decode(
    etcdserverpb::WatchResponse& response) {
  if (response.compact_revision() != 0) {
    return absl::OutOfRangeError("the revision has been compacted");
  }
  if (response.canceled()) {
    return absl::UnavailableError(absl::StrCat(
        "etcd canceled the watch: ", SanitizeAscii(response.cancel_reason())));
  }
  if (response.created() == created()) {
    return MalformedResponse("expected one confirmation of the watch, first");
  }
  if (response.created()) watch_id_ = response.watch_id();
  if (response.watch_id() != *watch_id_) {
    return MalformedResponse("the response of another watch");
  }
  const int64_t revision = response.header().revision();
  fragment_bytes_ += response.ByteSizeLong();
  if (revision < 1 || fragment_bytes_ > kMaxFragmentBytes) {
    return MalformedResponse("no revision, or too many fragments");
  }
  for (etcdserverpb::Event& each : *response.mutable_events()) {
    absl::StatusOr<Event> event = DecodeEvent(revision, each);
    if (!event.ok()) return event.status();
    fragments_.push_back(*std::move(event));
  }
  if (response.fragment()) return std::vector<Event>();
  fragment_bytes_ = 0;
  if (!fragments_.empty()) {
    next_revision_ = fragments_.back().entry.mod_revision + 1;
  }
  return std::exchange(fragments_, {});
}

absl::StatusOr<Event> WatchDecoder::DecodeEvent(
    int64_t revision, etcdserverpb::Event& event) const {
  Event result;
  etcdserverpb::KeyValue& entry = *event.mutable_kv();
  if (event.type() == etcdserverpb::Event::PUT) {
    std::optional<cluster::KeyValue> put = DecodeEntry(revision, entry);
    if (!put.has_value()) return MalformedResponse("an impossible event");
    result.entry = *std::move(put);
  } else if (event.type() == etcdserverpb::Event::DELETE &&
             entry.mod_revision() <= revision) {
    result.deleted = true;
    result.entry.key = std::move(*entry.mutable_key());
    result.entry.mod_revision = entry.mod_revision();
  } else {
    return MalformedResponse("an impossible event");
  }
  const int64_t least = fragments_.empty()
                            ? next_revision_
                            : fragments_.back().entry.mod_revision;
  if (result.entry.mod_revision < least) {
    return MalformedResponse("events are out of order");
  }
  if (!range_.Contains(result.entry.key)) {
    return MalformedResponse("an event of another key");
  }
  return result;
}

}  // namespace wriftai
