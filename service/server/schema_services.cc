#include "service/server/schema_services.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "proto/predictions.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {
namespace {

// Limits of the in-process server, whose services hold a thread for each call.
constexpr int kMaxThreads = 8;
constexpr std::chrono::seconds kCallTimeout(10);

}  // namespace

// Ends a call with `status`.
class SchemaServices::Refusal : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }

 private:
  void OnDone() override { delete this; }
};

// A call to any method. Forwards each request to the in-process server, one at
// a time.
class SchemaServices::Exchange : public grpc::ServerGenericBidiReactor {
 public:
  Exchange(SchemaServices& services, std::string method)
      : services_(services), method_(std::move(method)) {
    StartRead(&request_);
  }
  ~Exchange() override { --services_.streams_; }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    if (request_.Length() > kMaxRequestBytes) {
      return Finish({grpc::StatusCode::RESOURCE_EXHAUSTED,
                     absl::StrCat("expected a request of at most ",
                                  kMaxRequestBytes, " bytes")});
    }
    // Drops the compression flag: a small request must not decompress to a
    // large one.
    std::vector<grpc::Slice> slices;
    if (!request_.Dump(&slices).ok()) slices.clear();
    request_ = grpc::ByteBuffer(slices.data(), slices.size());
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    services_.stub_->UnaryCall(
        context_.get(), method_, {}, &request_, &response_,
        [this](const grpc::Status& status) { OnResponse(status); });
  }

  void OnResponse(const grpc::Status& status) {
    if (!status.ok()) return Finish(status);
    // The service ends the stream with OK if it cannot decode the request.
    if (!response_.Valid()) {
      return Finish({grpc::StatusCode::INVALID_ARGUMENT,
                     "cannot parse the request: expected an uncompressed "
                     "request of this method"});
    }
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.Clear();
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

  SchemaServices& services_;
  const std::string method_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::unique_ptr<grpc::ClientContext> context_;
};

SchemaServices::SchemaServices(bool channelz)
    : channelz_(channelz),
      listed_(std::make_unique<v1::Predictions::Service>()) {}

void SchemaServices::StartServer() {
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC serves health without its schema; this links it in for reflection.
  grpc::health::v1::HealthCheckRequest::descriptor();
  if (channelz_) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  builder.RegisterService(listed_.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  // Hides this server from channelz.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  grpc::ResourceQuota quota("schema services");
  quota.SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
  server_ = builder.BuildAndStart();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  stub_ =
      std::make_unique<grpc::GenericStub>(server_->InProcessChannel(arguments));
}

SchemaServices::~SchemaServices() {
  if (server_ == nullptr) return;
  stub_.reset();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

grpc::ServerGenericBidiReactor* SchemaServices::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const std::string& method = context->method();
  if (!absl::StartsWith(method, "/grpc.reflection.") &&
      !absl::StartsWith(method, "/grpc.channelz.")) {
    return new Refusal({grpc::StatusCode::UNIMPLEMENTED, ""});
  }
  if (++streams_ > kMaxStreams) {
    --streams_;
    return new Refusal(
        {grpc::StatusCode::RESOURCE_EXHAUSTED,
         absl::StrCat("too many concurrent reflection and channelz calls (",
                      kMaxStreams, "); retry later")});
  }
  absl::call_once(started_, [this] { StartServer(); });
  return new Exchange(*this, method);
}

}  // namespace wriftai
