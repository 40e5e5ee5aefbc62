// A gRPC server that does nothing else: the least that a call can cost.
//
//   bare_grpc RESPONSE_FILE
//
// Every call gets the bytes of RESPONSE_FILE, a CreateAndWait twice. A Wait
// then stays open. Of the lines on stdin, "update" sends the bytes to all open
// Waits, and "end" also ends these with OK.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <string>
#include <unordered_set>

#include "tests/bench/peers/bare/bare_server.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai::bench {
namespace {

namespace v1 = ::wriftai::predictions::v1;
using grpc::ByteBuffer;

class Stream;

// The open Waits. Threads: any.
class Streams {
 public:
  void Add(Stream* stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.insert(stream);
  }
  void Remove(Stream* stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(stream);
  }
  void Broadcast(bool end);

 private:
  std::mutex mutex_;
  std::unordered_set<Stream*> open_;
};

// One Wait. Owns itself until OnDone.
class Stream final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  Stream(Streams& streams, const ByteBuffer& update)
      : streams_(streams), update_(update) {
    streams_.Add(this);
    StartWrite(&update_);
  }

  // Requires that no write is in progress: the benchmark waits for that.
  void Send(bool end) {
    if (!end) return StartWrite(&update_);
    if (!finished_.exchange(true)) {
      StartWriteAndFinish(&update_, {}, grpc::Status::OK);
    }
  }

  void OnCancel() override {
    if (!finished_.exchange(true)) Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    streams_.Remove(this);
    delete this;
  }

 private:
  Streams& streams_;
  const ByteBuffer& update_;
  std::atomic<bool> finished_{false};
};

void Streams::Broadcast(bool end) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Stream* stream : open_) stream->Send(end);
}

// One CreateAndWait: two updates, then OK. Owns itself until OnDone.
class TwoUpdates final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  explicit TwoUpdates(const ByteBuffer& update) : update_(update) {
    StartWrite(&update_);
  }

  void OnWriteDone(bool ok) override {
    if (finishing_) return;
    finishing_ = true;
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartWriteAndFinish(&update_, {}, grpc::Status::OK);
  }

  void OnDone() override { delete this; }

 private:
  const ByteBuffer& update_;
  bool finishing_ = false;
};

class Service final
    : public v1::Predictions::WithRawCallbackMethod_Get<
          v1::Predictions::WithRawCallbackMethod_List<
              v1::Predictions::WithRawCallbackMethod_Create<
                  v1::Predictions::WithRawCallbackMethod_Wait<
                      v1::Predictions::WithRawCallbackMethod_CreateAndWait<
                          v1::Predictions::Service>>>>> {
 public:
  explicit Service(const std::string& response) {
    const grpc::Slice slice(response);
    response_ = ByteBuffer(&slice, 1);
  }

  Streams& streams() { return streams_; }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const ByteBuffer* request,
                                ByteBuffer* response) override {
    return Respond(context, response);
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Respond(context, response);
  }
  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return Respond(context, response);
  }
  grpc::ServerWriteReactor<ByteBuffer>* Wait(
      grpc::CallbackServerContext* context,
      const ByteBuffer* request) override {
    return new Stream(streams_, response_);
  }
  grpc::ServerWriteReactor<ByteBuffer>* CreateAndWait(
      grpc::CallbackServerContext* context,
      const ByteBuffer* request) override {
    return new TwoUpdates(response_);
  }

 private:
  grpc::ServerUnaryReactor* Respond(grpc::CallbackServerContext* context,
                                    ByteBuffer* response) {
    *response = response_;
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  ByteBuffer response_;
  Streams streams_;
};

int Run(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string response((std::istreambuf_iterator<char>(file)), {});
  if (!file) {
    std::cerr << path << ": cannot read\n";
    return 2;
  }
  Service service(response);
  const std::unique_ptr<grpc::Server> server = StartServer(service);
  if (server == nullptr) return 1;
  for (std::string line; std::getline(std::cin, line);) {
    service.streams().Broadcast(line == "end");
  }
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bare_grpc RESPONSE_FILE\n";
    return 2;
  }
  return wriftai::bench::Run(argv[1]);
}
