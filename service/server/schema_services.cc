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
#include "wriftai/v1/predictions.grpc.pb.h"

namespace wriftai {
namespace {

// For the server without a port, whose services hold a thread for each call.
constexpr int kMaxThreads = 8;
constexpr std::chrono::seconds kMaxCall(10);

}  // namespace

// Ends a call with `status`.
class SchemaServices::Refusal : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }

 private:
  void OnDone() override { delete this; }
};

// A call of any kind: each request becomes a call of the other server, one
// after the other.
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
    // Without the mark of a compressed one: nobody may send many bytes by few.
    std::vector<grpc::Slice> slices;
    if (!request_.Dump(&slices).ok()) slices.clear();
    request_ = grpc::ByteBuffer(slices.data(), slices.size());
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(std::chrono::system_clock::now() + kMaxCall);
    services_.stub_->UnaryCall(
        context_.get(), method_, {}, &request_, &response_,
        [this](const grpc::Status& status) { OnAnswer(status); });
  }

  void OnAnswer(const grpc::Status& status) {
    if (!status.ok()) return Finish(status);
    // A stream ends without a word on what it cannot decode.
    if (!response_.Valid()) {
      return Finish({grpc::StatusCode::INVALID_ARGUMENT,
                     "expected the request that the method takes, "
                     "not compressed"});
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
    : listed_(std::make_unique<v1::Predictions::Service>()) {
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC serves health without its schema: linked in, for reflection's sake.
  grpc::health::v1::HealthCheckRequest::descriptor();
  if (channelz) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  builder.RegisterService(listed_.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  // Not among what channelz shows.
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
         "expected fewer calls of reflection and channelz at a time"});
  }
  return new Exchange(*this, method);
}

}  // namespace wriftai
