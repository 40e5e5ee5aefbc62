#ifndef WRIFTAI_SERVICE_ETCD_ETCD_STORE_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "service/calls/call_count.h"
#include "service/etcd/etcd_channel.h"
#include "service/etcd/etcd_config.h"
#include "service/etcd/loop_link.h"
#include "upstream/cluster/store.h"

namespace wriftai {

// A Store in etcd, 3.4 or later.
//
// No call is repeated: only the caller knows whether it may be. A failed one
// moves later calls to another member (see EtcdChannel).
//
// Threads: as Store; Open() and the destructor, loop. Owns: the channel, and
// the calls, dropped ones too. The destructor cancels them and waits until gRPC
// has ended them. EventLoop must outlive it; it must outlive its handles.
// Fails: as Store.
class EtcdStore : public cluster::Store {
 public:
  // An outage of etcd with a deadline of 1 s for 200 credentials with 10
  // creates a second. A call takes about 10 kB. Further ones fail with
  // UNAVAILABLE.
  static constexpr size_t kMaxCalls = 2'000;

  // INVALID_ARGUMENT: a setting or file is invalid; names its flag.
  static absl::StatusOr<std::unique_ptr<EtcdStore>> Open(
      EventLoop& event_loop, const EtcdConfig& config);

  ~EtcdStore() override;
  EtcdStore(const EtcdStore&) = delete;
  EtcdStore& operator=(const EtcdStore&) = delete;

  [[nodiscard]] CallHandle Range(cluster::KeyRange range, absl::Time deadline,
                                 Done<cluster::RangeResult> done) override;
  [[nodiscard]] CallHandle Commit(cluster::Txn txn, absl::Time deadline,
                                  Done<cluster::TxnResult> done) override;
  [[nodiscard]] CallHandle GrantLease(absl::Duration ttl, absl::Time deadline,
                                      Done<int64_t> done) override;
  // A call of its own, not a message on a stream that is kept: nothing must
  // match responses to leases, and it moves to another member as others do.
  [[nodiscard]] CallHandle KeepAlive(int64_t lease, absl::Time deadline,
                                     Done<absl::Duration> done) override;
  [[nodiscard]] CallHandle RevokeLease(
      int64_t lease, absl::Time deadline,
      absl::AnyInvocable<void(absl::Status)> done) override;
  [[nodiscard]] CallHandle Watch(cluster::KeyRange range, int64_t revision,
                                 EventsDone on_events) override;

 private:
  template <typename Request, typename Response, typename Result>
  struct Exchange;
  template <typename Sent>
  class Handle;

  EtcdStore(EventLoop& event_loop, std::unique_ptr<EtcdChannel> channel)
      : event_loop_(event_loop),
        channel_(std::move(channel)),
        link_(std::make_shared<LoopLink>(event_loop)) {}

  // `send` calls the stub; `decode` makes a Result of the response.
  template <typename Response, typename Result, typename Request, typename Send,
            typename Decode>
  CallHandle Start(Request request, absl::Time deadline, Send send,
                   Decode decode, Done<Result> done);
  template <typename Sent>
  void Finish(Sent& exchange, const grpc::Status& status);

  EventLoop& event_loop_;
  const std::unique_ptr<EtcdChannel> channel_;
  const std::shared_ptr<LoopLink> link_;
  std::set<grpc::ClientContext*> calls_;  // Without watches.
  CallCount call_count_;                  // Of gRPC, with watches.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_STORE_H_
