#ifndef WRIFTAI_CLIENT_CALL_UNARY_CALL_H_
#define WRIFTAI_CLIENT_CALL_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "client/host.h"

namespace wriftai::client {

template <typename Stub, typename Request, typename Response>
using UnaryMethod = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
    Stub::*)(grpc::ClientContext*, const Request&, grpc::CompletionQueue*);

// Makes one call and blocks until it ends. A signal cancels it. Each call has
// its own queue, so it never sees events of an earlier call.
template <typename Stub, typename Request, typename Response>
grpc::Status CallUnary(Stub& stub, UnaryMethod<Stub, Request, Response> method,
                       grpc::ClientContext& context, const Request& request,
                       Interrupt& interrupt, Response& response) {
  // A series of fast calls might otherwise never notice a signal.
  if (interrupt.Signal() != 0) return grpc::Status::CANCELLED;
  grpc::CompletionQueue queue;
  grpc::Status status;
  const auto reader = (stub.*method)(&context, request, &queue);
  reader->Finish(&response, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  while (queue.AsyncNext(&tag, &ok,
                         std::chrono::system_clock::now() +
                             absl::ToChronoMilliseconds(kTick)) ==
         grpc::CompletionQueue::TIMEOUT) {
    if (interrupt.Signal() != 0) context.TryCancel();
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return status;
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_UNARY_CALL_H_
