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
  stream->self_ = stream;
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
  bool ends = false;
  {
    const MutexLock lock(mutex_);
    ends = !ok || closed_;
    loop_has_turn_ = !ends;
  }
  if (ends) return RemoveHold();
  link_->Post([self = self_] { self->Process(); });
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
  const CallCount::Hold hold = std::move(hold_);
  link_->Post([self = std::move(self_), status] {
    if (self->observer_ != nullptr) self->observer_->OnStreamEnded(status);
  });
}

}  // namespace wriftai
