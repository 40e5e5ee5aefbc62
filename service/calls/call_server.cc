#include "service/calls/call_server.h"

#include <utility>

#include "grpc/byte_buffer.h"
#include "grpc/support/log.h"
#include "service/calls/core_buffer.h"

namespace wriftai {
namespace {

// How many calls of a method gRPC can pass on before the next request is
// posted. More calls wait in gRPC until then.
constexpr int kPostedRequests = 32;

grpc::string_ref TextOf(const grpc_slice& slice) {
  return grpc::string_ref(
      reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)),
      GRPC_SLICE_LENGTH(slice));
}

}  // namespace

// gRPC's hook between the construction of a server and its start: only then can
// queues and methods be registered with its core. There is one hook per
// process, so it must know for which server it runs.
class CallServer::PreStart : public grpc::Server::GlobalCallbacks {
 public:
  // Before any server is made.
  static bool Install() {
    grpc::Server::SetGlobalCallbacks(new PreStart);  // Owned by gRPC.
    return true;
  }

  // Starts a server of this thread, which registers the methods of `calls`.
  static std::unique_ptr<grpc::Server> Start(grpc::ServerBuilder& builder,
                                             CallServer& calls) {
    starting_ = &calls;
    auto server = builder.BuildAndStart();
    starting_ = nullptr;
    return server;
  }

  void PreServerStart(grpc::Server* server) override {
    if (starting_ != nullptr) starting_->Register(server->c_server());
  }
  void PreSynchronousRequest(grpc::ServerContext* /*context*/) override {}
  void PostSynchronousRequest(grpc::ServerContext* /*context*/) override {}

 private:
  static thread_local CallServer* starting_;
};

thread_local CallServer* CallServer::PreStart::starting_ = nullptr;

const bool CallServer::hook_installed_ = PreStart::Install();

// A posted request for the next call of a method. Owns itself until then.
struct CallServer::Request : grpc_completion_queue_functor {
  Request(CallServer& owner, const Method& of)
      : grpc_completion_queue_functor{Run, 0, 0, nullptr},
        server(owner),
        method(of),
        hold(owner.calls_.Add()) {
    grpc_metadata_array_init(&metadata);
  }
  ~Request() { grpc_metadata_array_destroy(&metadata); }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  static void Run(grpc_completion_queue_functor* functor, int ok) {
    const std::unique_ptr<Request> self(static_cast<Request*>(functor));
    // The server shuts down.
    if (ok == 0) return;
    self->server.RequestCall(self->method);
    self->method.handler(self->Accept());
    // Here `hold` lets the handler end before its owner does.
  }

  AcceptedCall Accept() {
    AcceptedCall accepted;
    accepted.hold = server.calls_.Add();
    accepted.sends = &server.sends_;
    accepted.call.reset(call);
    accepted.deadline = deadline;
    for (size_t i = 0; i < metadata.count; ++i) {
      const grpc_metadata& entry = metadata.metadata[i];
      accepted.metadata.emplace(TextOf(entry.key), TextOf(entry.value));
    }
    accepted.request = TakeMessage(payload);
    return accepted;
  }

  CallServer& server;
  const Method& method;
  CallCount::Hold hold;
  // Set by gRPC.
  grpc_call* call = nullptr;
  gpr_timespec deadline = {};
  grpc_metadata_array metadata;
  grpc_byte_buffer* payload = nullptr;
};

void CallServer::AddMethod(std::string path, Handler handler) {
  methods_.push_back({std::move(path), std::move(handler), nullptr});
}

std::unique_ptr<grpc::Server> CallServer::BuildAndStart(
    grpc::ServerBuilder& builder) {
  auto server = PreStart::Start(builder, *this);
  if (server == nullptr) return nullptr;
  for (const Method& method : methods_) {
    for (int i = 0; i < kPostedRequests; ++i) RequestCall(method);
  }
  return server;
}

void CallServer::Register(grpc_server* server) {
  server_ = server;
  grpc_server_register_completion_queue(server, poller_.queue(), nullptr);
  for (Method& method : methods_) {
    method.registered = grpc_server_register_method(
        server, method.path.c_str(), nullptr,
        GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
    GPR_ASSERT(method.registered != nullptr);
  }
}

void CallServer::RequestCall(const Method& method) {
  auto* const request = new Request(*this, method);
  GPR_ASSERT(grpc_server_request_registered_call(
                 server_, method.registered, &request->call, &request->deadline,
                 &request->metadata, &request->payload, queues_.Next(),
                 poller_.queue(), request) == GRPC_CALL_OK);
}

}  // namespace wriftai
