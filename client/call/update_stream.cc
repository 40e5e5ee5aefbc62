#include "client/call/update_stream.h"

#include <chrono>
#include <utility>

#include "client/host.h"

namespace wriftai::client {

std::unique_ptr<UpdateStream> UpdateStream::Wait(
    v1::Predictions::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
    const v1::WaitRequest& request) {
  std::unique_ptr<UpdateStream> stream(new UpdateStream(std::move(context)));
  stream->reader_ = stub.AsyncWait(stream->context_.get(), request,
                                   &stream->queue_, stream.get());
  return stream;
}

std::unique_ptr<UpdateStream> UpdateStream::CreateAndWait(
    v1::Predictions::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
    const v1::CreateAndWaitRequest& request) {
  std::unique_ptr<UpdateStream> stream(new UpdateStream(std::move(context)));
  stream->reader_ = stub.AsyncCreateAndWait(stream->context_.get(), request,
                                            &stream->queue_, stream.get());
  return stream;
}

UpdateStream::UpdateStream(std::unique_ptr<grpc::ClientContext> context)
    : context_(std::move(context)) {}

UpdateStream::~UpdateStream() {
  context_->TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

UpdateStream::Event UpdateStream::Next() {
  void* tag = nullptr;
  bool ok = false;
  while (operation_ != Operation::kNone) {
    // Reads only now, since the caller may use update() until this call.
    if (operation_ == Operation::kRead && !reading_) {
      reader_->Read(&update_, this);
      reading_ = true;
    }
    if (queue_.AsyncNext(&tag, &ok,
                         std::chrono::system_clock::now() +
                             absl::ToChronoMilliseconds(kTick)) !=
        grpc::CompletionQueue::GOT_EVENT) {
      return Event::kTimeout;
    }
    reading_ = false;
    if (operation_ == Operation::kFinish) {
      operation_ = Operation::kNone;
    } else if (!ok) {
      operation_ = Operation::kFinish;
      reader_->Finish(&status_, this);
    } else if (operation_ == Operation::kStart) {
      operation_ = Operation::kRead;
    } else {
      return Event::kUpdate;
    }
  }
  return Event::kEnd;
}

}  // namespace wriftai::client
