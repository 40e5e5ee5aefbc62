#ifndef WRIFTAI_CLIENT_UNARY_CALL_H_
#define WRIFTAI_CLIENT_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "client/host.h"

namespace wriftai::client {

template <typename Stub, typename Request, typename Response>
using UnaryMethod = std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
    Stub::*)(grpc::ClientContext*, const Request&, grpc::CompletionQueue*);

// Makes one call and returns when it has ended; a signal cancels it. Of the
// queue there is one a call, so that nothing of an earlier one is in it.
template <typename Stub, typename Request, typename Response>
grpc::Status CallUnary(Stub& stub, UnaryMethod<Stub, Request, Response> method,
                       grpc::ClientContext& context, const Request& request,
                       Interrupt& interrupt, Response& response) {
  // Calls that follow each other fast would never see one below.
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

#endif  // WRIFTAI_CLIENT_UNARY_CALL_H_
