#ifndef WRIFTAI_SERVICE_ETCD_WATCH_STREAM_H_
#define WRIFTAI_SERVICE_ETCD_WATCH_STREAM_H_

#include <memory>

#include "base/mutex.h"
#include "etcd/rpc.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"
#include "service/calls/call_count.h"
#include "service/etcd/etcd_channel.h"
#include "service/etcd/loop_link.h"

namespace wriftai {

// Loop thread.
class WatchStreamObserver {
 public:
  virtual ~WatchStreamObserver() = default;

  // May close the stream.
  virtual void OnResponse(etcdserverpb::WatchResponse& response) = 0;

  // The last call.
  virtual void OnStreamEnded(const grpc::Status& status) = 0;
};

// The stream of one watch. It reads a response once the loop has taken the one
// before, so a flood of events waits in etcd.
//
// gRPC and the loop take turns. gRPC can end the call only in its own turn: the
// other one begins with a hold on the call. So the one that has the turn when
// the stream is closed gives up the hold.
//
// Threads: loop; the reactions, gRPC's. Owns: itself, until gRPC has ended the
// call; then the loop destroys it. The observer must outlive Close(). Fails:
// OnStreamEnded().
class WatchStream final
    : public grpc::ClientBidiReactor<etcdserverpb::WatchRequest,
                                     etcdserverpb::WatchResponse> {
 public:
  static std::shared_ptr<WatchStream> Start(
      std::shared_ptr<EtcdConnection> connection,
      etcdserverpb::WatchRequest request, std::shared_ptr<LoopLink> link,
      CallCount::Hold hold, WatchStreamObserver& observer);

  // Cancels the call. The observer is not notified any more.
  void Close();

  EtcdConnection& connection() const { return *connection_; }

 private:
  WatchStream(std::shared_ptr<EtcdConnection> connection,
              etcdserverpb::WatchRequest request,
              std::shared_ptr<LoopLink> link, CallCount::Hold hold,
              WatchStreamObserver& observer);

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  void Process();

  const std::shared_ptr<EtcdConnection> connection_;
  const etcdserverpb::WatchRequest request_;
  const std::shared_ptr<LoopLink> link_;
  grpc::ClientContext context_;

  WatchStreamObserver* observer_;  // Loop only. Null: closed.

  etcdserverpb::WatchResponse response_;  // Of the one that has the turn.

  Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool loop_has_turn_ ABSL_GUARDED_BY(mutex_) = false;

  // Until OnDone().
  std::shared_ptr<WatchStream> self_ ABSL_GUARDED_BY(mutex_);
  CallCount::Hold hold_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_WATCH_STREAM_H_
