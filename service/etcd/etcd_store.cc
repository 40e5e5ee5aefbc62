#include "service/etcd/etcd_store.h"

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "base/completed_call.h"
#include "base/mutex.h"
#include "etcd/rpc.pb.h"
#include "service/etcd/etcd_codec.h"
#include "service/etcd/etcd_status.h"
#include "service/etcd/etcd_watch.h"

namespace wriftai {
// A call. It owns itself until gRPC has completed it; then the loop owns it,
// and destroys it. gRPC must not: its channel may be the last one, and
// gRPC 1.51 aborts if one of its own threads destroys the last channel that has
// used the callback API.
template <typename Request, typename Response, typename Result>
struct EtcdStore::Exchange {
  std::shared_ptr<EtcdConnection> connection;
  grpc::ClientContext context;
  Request request;
  Response response;
  absl::AnyInvocable<absl::StatusOr<Result>(const Request&, Response&)> decode;
  Done<Result> done;  // Loop only. Null: dropped.

  // Until gRPC has completed it.
  Mutex mutex;
  std::shared_ptr<Exchange> self ABSL_GUARDED_BY(mutex);
  CallCount::Hold hold ABSL_GUARDED_BY(mutex);
};

template <typename Sent>
class EtcdStore::Handle : public Call {
 public:
  explicit Handle(std::shared_ptr<Sent> exchange)
      : exchange_(std::move(exchange)) {}
  ~Handle() override { exchange_->done = nullptr; }

 private:
  const std::shared_ptr<Sent> exchange_;
};

absl::StatusOr<std::unique_ptr<EtcdStore>> EtcdStore::Open(
    EventLoop& event_loop, const EtcdConfig& config) {
  auto channel = EtcdChannel::Open(event_loop, config);
  if (!channel.ok()) return channel.status();
  return absl::WrapUnique(new EtcdStore(event_loop, *std::move(channel)));
}

EtcdStore::~EtcdStore() {
  link_->Close();
  for (grpc::ClientContext* const call : calls_) call->TryCancel();
  call_count_.WaitForNone();
}

template <typename Response, typename Result, typename Request, typename Send,
          typename Decode>
CallHandle EtcdStore::Start(Request request, absl::Time deadline, Send send,
                            Decode decode, Done<Result> done) {
  if (calls_.size() >= kMaxCalls) {
    return std::make_unique<CompletedCall>(
        event_loop_, [done = std::move(done)]() mutable {
          done(absl::UnavailableError(
              absl::StrCat("too many calls to etcd (", kMaxCalls, ")")));
        });
  }
  using Sent = Exchange<Request, Response, Result>;
  const auto exchange = std::make_shared<Sent>();
  exchange->connection = channel_->Use();
  exchange->context.set_deadline(
      absl::ToChronoTime(absl::Now() + (deadline - event_loop_.Now())));
  exchange->request = std::move(request);
  exchange->decode = std::move(decode);
  exchange->done = std::move(done);
  {
    const MutexLock lock(exchange->mutex);
    exchange->self = exchange;
    exchange->hold = call_count_.Add();
  }
  calls_.insert(&exchange->context);
  send(*exchange->connection, &exchange->context, &exchange->request,
       &exchange->response,
       [this, raw = exchange.get()](const grpc::Status& status) {
         CallCount::Hold hold;  // Released once the loop has the call.
         std::shared_ptr<Sent> owned;
         {
           const MutexLock lock(raw->mutex);
           hold = std::move(raw->hold);
           owned = std::move(raw->self);
         }
         link_->Post([this, owned = std::move(owned), status] {
           Finish(*owned, status);
         });
       });
  return std::make_unique<Handle<Sent>>(exchange);
}

template <typename Sent>
void EtcdStore::Finish(Sent& exchange, const grpc::Status& status) {
  calls_.erase(&exchange.context);
  if (IsFromEtcd(status)) channel_->OnAnswer(*exchange.connection);
  const absl::Status error = FromEtcd(status);
  auto result =
      error.ok() ? exchange.decode(exchange.request, exchange.response) : error;
  if (absl::IsUnavailable(result.status()) ||
      absl::IsDeadlineExceeded(result.status())) {
    channel_->OnFailure(*exchange.connection, result.status());
  } else if (absl::IsResourceExhausted(result.status()) ||
             absl::IsPermissionDenied(result.status()) ||
             absl::IsUnauthenticated(result.status())) {
    channel_->OnRejection(*exchange.connection, result.status());
  }
  auto done = std::exchange(exchange.done, nullptr);
  if (done != nullptr) done(std::move(result));
}

CallHandle EtcdStore::Range(cluster::KeyRange range, absl::Time deadline,
                            Done<cluster::RangeResult> done) {
  auto request = EncodeRange(range);
  return Start<etcdserverpb::RangeResponse>(
      std::move(request), deadline,
      [](EtcdConnection& connection, auto... arguments) {
        connection.kv->async()->Range(std::move(arguments)...);
      },
      [range = std::move(range)](const auto& /*request*/, auto& response) {
        return DecodeRange(range, response);
      },
      std::move(done));
}

CallHandle EtcdStore::Commit(cluster::Txn txn, absl::Time deadline,
                             Done<cluster::TxnResult> done) {
  return Start<etcdserverpb::TxnResponse>(
      EncodeTxn(std::move(txn)), deadline,
      [](EtcdConnection& connection, auto... arguments) {
        connection.kv->async()->Txn(std::move(arguments)...);
      },
      DecodeTxn, std::move(done));
}

CallHandle EtcdStore::GrantLease(absl::Duration ttl, absl::Time deadline,
                                 Done<int64_t> done) {
  return Start<etcdserverpb::LeaseGrantResponse>(
      EncodeGrant(ttl), deadline,
      [](EtcdConnection& connection, auto... arguments) {
        connection.lease->async()->LeaseGrant(std::move(arguments)...);
      },
      DecodeGrant, std::move(done));
}

CallHandle EtcdStore::KeepAlive(int64_t lease, absl::Time deadline,
                                Done<absl::Duration> done) {
  etcdserverpb::LeaseKeepAliveRequest request;
  request.set_id(lease);
  return Start<etcdserverpb::LeaseKeepAliveResponse>(
      std::move(request), deadline,
      [](EtcdConnection& connection, auto... arguments) {
        connection.lease->async()->LeaseKeepAlive(std::move(arguments)...);
      },
      DecodeKeepAlive, std::move(done));
}

CallHandle EtcdStore::RevokeLease(int64_t lease, absl::Time deadline,
                                  absl::AnyInvocable<void(absl::Status)> done) {
  struct Revoked {};
  etcdserverpb::LeaseRevokeRequest request;
  request.set_id(lease);
  return Start<etcdserverpb::LeaseRevokeResponse>(
      std::move(request), deadline,
      [](EtcdConnection& connection, auto... arguments) {
        connection.lease->async()->LeaseRevoke(std::move(arguments)...);
      },
      [](const auto& /*request*/, auto& /*response*/) { return Revoked(); },
      Done<Revoked>([done = std::move(done)](
                        const absl::StatusOr<Revoked>& result) mutable {
        done(result.status());
      }));
}

CallHandle EtcdStore::Watch(cluster::KeyRange range, int64_t revision,
                            EventsDone on_events) {
  return std::make_unique<EtcdWatch>(event_loop_, *channel_, link_,
                                     call_count_.Add(), range, revision,
                                     std::move(on_events));
}

}  // namespace wriftai
