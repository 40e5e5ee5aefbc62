#include "upstream/cluster/book_entry.h"

#include <utility>

#include "absl/status/statusor.h"

namespace wriftai::cluster {

BookEntry::BookEntry(EventLoop& event_loop, Store& store,
                     const ClusterTimes& times, std::string key)
    : event_loop_(event_loop),
      store_(store),
      times_(times),
      key_(std::move(key)) {}

void BookEntry::Write(std::string address,
                      absl::AnyInvocable<void(absl::Status)> done) {
  done_ = std::move(done);
  call_ = store_.GrantLease(times_.book_ttl,
                            event_loop_.Now() + times_.store_deadline,
                            [this, address = std::move(address)](
                                const absl::StatusOr<int64_t>& lease) mutable {
                              if (lease.ok()) {
                                PutUnder(*lease, std::move(address));
                              } else {
                                Finish(lease.status());
                              }
                            });
}

void BookEntry::PutUnder(int64_t lease, std::string address) {
  call_ = store_.Commit({{}, {Put{key_, std::move(address), lease}}, {}},
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
