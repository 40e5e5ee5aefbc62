#include "upstream/cluster/book_entry.h"

#include <utility>

#include "absl/status/statusor.h"

namespace wriftai::cluster {

BookEntry::BookEntry(EventLoop& event_loop, Store& store,
                     const ClusterTimes& times, std::string key,
                     std::string address)
    : event_loop_(event_loop),
      store_(store),
      times_(times),
      key_(std::move(key)),
      address_(std::move(address)) {}

void BookEntry::Write(absl::AnyInvocable<void(absl::Status)> done) {
  done_ = std::move(done);
  call_ = store_.GrantLease(times_.book_ttl,
                            event_loop_.Now() + times_.store_deadline,
                            [this](const absl::StatusOr<int64_t>& lease) {
                              if (lease.ok()) {
                                PutUnder(*lease);
                              } else {
                                Finish(lease.status());
                              }
                            });
}

void BookEntry::PutUnder(int64_t lease) {
  call_ = store_.Commit({{}, {Put{key_, address_, lease}}, {}},
                        event_loop_.Now() + times_.store_deadline,
                        [this](const absl::StatusOr<TxnResult>& result) {
                          if (result.ok()) written_at_ = event_loop_.Now();
                          Finish(result.status());
                        });
}

void BookEntry::Finish(absl::Status status) {
  auto done = std::move(done_);
  done(std::move(status));
}

}  // namespace wriftai::cluster
