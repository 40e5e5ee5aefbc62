#include "service/etcd/watch_stream.h"

#include <utility>

namespace wriftai {

std::shared_ptr<WatchStream> WatchStream::Start(
    std::shared_ptr<EtcdConnection> connection,
    etcdserverpb::WatchRequest request, std::shared_ptr<LoopLink> link,
    CallCount::Hold hold, WatchStreamObserver& observer) {
  std::shared_ptr<WatchStream> stream(
      new WatchStream(std::move(connection), std::move(request),
                      std::move(link), std::move(hold), observer));
  {
    const MutexLock lock(stream->mutex_);
    stream->self_ = stream;
  }
  // A member that has lost the others ends its watches instead of keeping
  // quiet.
  stream->context_.AddMetadata("hasleader", "true");
  stream->connection_->watch->async()->Watch(&stream->context_, stream.get());
  stream->AddHold();
  stream->StartWrite(&stream->request_);
  stream->StartRead(&stream->response_);
  stream->StartCall();
  return stream;
}

WatchStream::WatchStream(std::shared_ptr<EtcdConnection> connection,
                         etcdserverpb::WatchRequest request,
                         std::shared_ptr<LoopLink> link, CallCount::Hold hold,
                         WatchStreamObserver& observer)
    : connection_(std::move(connection)),
      request_(std::move(request)),
      link_(std::move(link)),
      observer_(&observer),
      hold_(std::move(hold)) {}

void WatchStream::Close() {
  observer_ = nullptr;
  context_.TryCancel();
  bool had_turn = false;
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    had_turn = std::exchange(loop_has_turn_, false);
  }
  if (had_turn) RemoveHold();
}

void WatchStream::OnReadDone(bool ok) {
  std::shared_ptr<WatchStream> self;
  {
    const MutexLock lock(mutex_);
    loop_has_turn_ = ok && !closed_;
    if (loop_has_turn_) self = self_;
  }
  if (self == nullptr) return RemoveHold();
  link_->Post([self = std::move(self)] { self->Process(); });
}

void WatchStream::Process() {
  if (observer_ == nullptr) return;
  observer_->OnResponse(response_);
  if (observer_ == nullptr) return;
  {
    const MutexLock lock(mutex_);
    loop_has_turn_ = false;
  }
  StartRead(&response_);
}

void WatchStream::OnDone(const grpc::Status& status) {
  // Released once the loop has this object, because the store waits for it.
  CallCount::Hold hold;
  std::shared_ptr<WatchStream> owned;
  {
    const MutexLock lock(mutex_);
    hold = std::move(hold_);
    owned = std::move(self_);
  }
  link_->Post([self = std::move(owned), status] {
    if (self->observer_ != nullptr) self->observer_->OnStreamEnded(status);
  });
}

}  // namespace wriftai
