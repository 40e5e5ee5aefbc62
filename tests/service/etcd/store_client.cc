#include "tests/service/etcd/store_client.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wriftai {
namespace {

std::string TextOf(const cluster::KeyValue& entry) {
  return absl::StrCat(entry.key, "=", entry.value);
}

std::string TextOf(const cluster::Event& event) {
  return event.deleted ? absl::StrCat("-", event.entry.key)
                       : TextOf(event.entry);
}

}  // namespace

void WatchLog::Add(const absl::StatusOr<std::vector<cluster::Event>>& events) {
  const std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
  if (!events.ok()) {
    lines_.push_back(absl::StatusCodeToString(events.status().code()));
    return;
  }
  int64_t in_line = 0;  // The revision of the last line, if of this call.
  for (const cluster::Event& event : *events) {
    const int64_t revision = event.entry.mod_revision;
    if (revision == in_line) {
      absl::StrAppend(&lines_.back(), " ", TextOf(event));
      continue;
    }
    EXPECT_GT(revision, revision_) << TextOf(event);
    in_line = revision_ = revision;
    lines_.push_back(TextOf(event));
  }
}

std::vector<std::string> WatchLog::WaitFor(size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(kPatience),
                    [&] { return lines_.size() >= count; });
  return lines_;
}

std::string StoreClient::Text(const cluster::KeyRange& range) {
  const auto read = Range(range);
  if (!read.ok()) return read.status().ToString();
  return absl::StrJoin(read->entries, " ",
                       [](std::string* out, const cluster::KeyValue& entry) {
                         out->append(TextOf(entry));
                       });
}

absl::Duration StoreClient::WaitUntilReadable() {
  const absl::Time start = loop_.Now();
  absl::Status status;
  do {
    status = Range(cluster::KeyRange::Single("readable")).status();
  } while (!status.ok() && loop_.Now() - start < kPatience);
  EXPECT_TRUE(status.ok()) << status;
  return loop_.Now() - start;
}

StoreClient::Watching StoreClient::Watch(const cluster::KeyRange& range,
                                         int64_t revision, WatchLog& log) {
  CallHandle call;
  RunOnLoop(loop_, [&] {
    call = store_->Watch(
        range, revision,
        [&log](const absl::StatusOr<std::vector<cluster::Event>>& events) {
          log.Add(events);
        });
  });
  return {*this, std::move(call)};
}

}  // namespace wriftai
