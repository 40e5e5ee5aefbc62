#ifndef WRIFTAI_CLIENT_CALL_UPDATE_STREAM_H_
#define WRIFTAI_CLIENT_CALL_UPDATE_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "proto/predictions.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai::client {

// A stream of updates, read one at a time without blocking beyond kTick.
//
// Threads: one. Owns: the call; the destructor cancels it and waits for gRPC
// to release it, which needs no network. Fails: kEnd, with status().
class UpdateStream {
 public:
  enum class Event {
    kUpdate,   // update() has a new value.
    kTimeout,  // No event within kTick.
    kEnd,      // The call has ended with status(). No event follows.
  };

  // `stub` must outlive this.
  static std::unique_ptr<UpdateStream> Wait(
      v1::Predictions::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
      const v1::WaitRequest& request);
  static std::unique_ptr<UpdateStream> CreateAndWait(
      v1::Predictions::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
      const v1::CreateAndWaitRequest& request);

  ~UpdateStream();
  UpdateStream(const UpdateStream&) = delete;
  UpdateStream& operator=(const UpdateStream&) = delete;

  Event Next();

  const v1::PredictionUpdate& update() const { return update_; }
  const grpc::Status& status() const { return status_; }

 private:
  // The gRPC operation in progress; at most one at a time.
  enum class Operation { kStart, kRead, kFinish, kNone };

  explicit UpdateStream(std::unique_ptr<grpc::ClientContext> context);

  grpc::CompletionQueue queue_;
  const std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::PredictionUpdate>> reader_;
  v1::PredictionUpdate update_;
  grpc::Status status_;
  Operation operation_ = Operation::kStart;
  bool reading_ = false;  // With kRead: whether gRPC is writing to update_.
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_UPDATE_STREAM_H_
