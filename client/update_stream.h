#ifndef WRIFTAI_CLIENT_UPDATE_STREAM_H_
#define WRIFTAI_CLIENT_UPDATE_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "wriftai/v1/predictions.grpc.pb.h"

namespace wriftai::client {

// One stream of updates, read one at a time, in ticks.
//
// Threads: one. Owns: the call; destroying it cancels the call and waits for
// gRPC to let go, which needs no network. Fails: kEnd, with status().
class UpdateStream {
 public:
  enum class Event {
    kUpdate,  // update() is new.
    kQuiet,   // Nothing within kTick.
    kEnd,     // The call has ended: status(). No event follows.
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
  // What gRPC is asked for: one thing at a time.
  enum class Asked { kStart, kRead, kFinish, kNothing };

  explicit UpdateStream(std::unique_ptr<grpc::ClientContext> context);

  grpc::CompletionQueue queue_;
  const std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::PredictionUpdate>> reader_;
  v1::PredictionUpdate update_;
  grpc::Status status_;
  Asked asked_ = Asked::kStart;
  bool reading_ = false;  // With kRead: whether gRPC has update_ now.
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_UPDATE_STREAM_H_
