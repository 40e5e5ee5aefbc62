#ifndef WRIFTAI_SERVICE_ETCD_ETCD_WATCH_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_WATCH_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "service/calls/call_count.h"
#include "service/etcd/etcd_channel.h"
#include "service/etcd/loop_link.h"
#include "service/etcd/watch_decoder.h"
#include "service/etcd/watch_stream.h"
#include "upstream/cluster/store.h"

namespace wriftai {

// One watch on one connection. It fails with its connection: a member that is
// silent to other calls may have no news for the watch, either.
//
// Threads: loop. Owns: the stream. EventLoop and EtcdChannel must outlive it.
// Fails: as cluster::Store::Watch().
class EtcdWatch : public Call,
                  private WatchStreamObserver,
                  private RetirementObserver {
 public:
  EtcdWatch(EventLoop& event_loop, EtcdChannel& channel,
            std::shared_ptr<LoopLink> link, CallCount::Hold hold,
            const cluster::KeyRange& range, int64_t revision,
            cluster::Store::EventsDone on_events);
  ~EtcdWatch() override;

 private:
  void OnResponse(etcdserverpb::WatchResponse& response) override;
  void OnStreamEnded(const grpc::Status& status) override;
  void OnRetired() override;
  void OnSilent();
  void Close();
  void Fail(absl::Status status);

  EventLoop& event_loop_;
  EtcdChannel& channel_;
  WatchDecoder decoder_;
  // Shared, because the callback may destroy this object.
  const std::shared_ptr<cluster::Store::EventsDone> on_events_;
  std::shared_ptr<WatchStream> stream_;  // Null: failed.
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_WATCH_H_
