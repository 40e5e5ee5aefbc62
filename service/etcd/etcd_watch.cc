#include "service/etcd/etcd_watch.h"

#include <utility>

#include "service/etcd/etcd_codec.h"
#include "service/etcd/etcd_status.h"

namespace wriftai {

EtcdWatch::EtcdWatch(EventLoop& event_loop, EtcdChannel& channel,
                     std::shared_ptr<LoopLink> link, CallCount::Hold hold,
                     const cluster::KeyRange& range, int64_t revision,
                     cluster::Store::EventsDone on_events)
    : event_loop_(event_loop),
      channel_(channel),
      decoder_(range, revision),
      on_events_(
          std::make_shared<cluster::Store::EventsDone>(std::move(on_events))),
      stream_(WatchStream::Start(channel.Use(), EncodeWatch(range, revision),
                                 std::move(link), std::move(hold), *this)),
      timer_(event_loop.RunAt(event_loop.Now() + EtcdChannel::kMaxSilence,
                              [this] { OnSilent(); })) {
  stream_->connection().observers.insert(this);
}

EtcdWatch::~EtcdWatch() { Close(); }

void EtcdWatch::Close() {
  timer_.reset();
  if (stream_ == nullptr) return;
  stream_->connection().observers.erase(this);
  stream_->Close();
  stream_.reset();
}

void EtcdWatch::OnResponse(etcdserverpb::WatchResponse& response) {
  channel_.OnAnswer(stream_->connection());
  auto events = decoder_.Decode(response);
  if (!events.ok()) {
    if (absl::IsUnavailable(events.status())) {
      channel_.OnFailure(stream_->connection(), events.status());
    }
    return Fail(events.status());
  }
  if (decoder_.created()) timer_.reset();
  if (events->empty()) return;
  const auto on_events = on_events_;
  (*on_events)(*std::move(events));
}

void EtcdWatch::OnStreamEnded(const grpc::Status& status) {
  absl::Status error = status.ok()
                           ? absl::UnavailableError("etcd ended the watch")
                           : absl::UnavailableError(FromEtcd(status).message());
  if (IsFromEtcd(status)) channel_.OnAnswer(stream_->connection());
  channel_.OnFailure(stream_->connection(), error);
  Fail(std::move(error));
}

// Not now: the channel is at work.
void EtcdWatch::OnRetired() {
  timer_ = event_loop_.RunAt(event_loop_.Now(), [this] {
    Fail(absl::UnavailableError("the connection to etcd is silent"));
  });
}

void EtcdWatch::OnSilent() {
  const absl::Status error =
      absl::UnavailableError("etcd has not confirmed the watch in time");
  channel_.OnFailure(stream_->connection(), error);
  Fail(error);
}

void EtcdWatch::Fail(absl::Status status) {
  Close();
  const auto on_events = on_events_;
  (*on_events)(std::move(status));
}

}  // namespace wriftai
