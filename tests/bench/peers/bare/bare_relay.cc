// gRPC and libcurl joined as the gateway joins them, and nothing else: the
// least that a Get can cost with gRPC's callback API on one side and the
// gateway's event loop on the other.
//
//   bare_relay API_BASE_URL RESPONSE_FILE
//
// A Get fetches the prediction, drops the body, and returns the bytes of
// RESPONSE_FILE.
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "base/secret.h"
#include "base/thread_scheduling.h"
#include "tests/bench/peers/bare/bare_server.h"
#include "upstream/http/curl_event_loop.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai::bench {
namespace {

namespace v1 = ::wriftai::predictions::v1;
using grpc::ByteBuffer;

// What all calls share.
struct Relay {
  CurlEventLoop& loop;
  const std::string& api_base_url;
  const ByteBuffer& response;
};

// One Get. Owns itself until OnDone, which comes after the fetch.
class Fetch final : public grpc::ServerUnaryReactor {
 public:
  Fetch(const Relay& relay, const ByteBuffer& request, ByteBuffer* response)
      : relay_(relay), response_(response) {
    ByteBuffer bytes(request);
    grpc::ProtoBufferReader reader(&bytes);
    v1::GetRequest get;
    if (!get.ParseFromZeroCopyStream(&reader)) {
      Finish({grpc::StatusCode::INVALID_ARGUMENT, "expected a GetRequest"});
      return;
    }
    url_ = relay_.api_base_url + "/predictions/" + get.id();
    relay_.loop.Post([this] { Send(); });
  }

  void OnDone() override {
    relay_.loop.PostIdle([this] { delete this; });
  }

 private:
  // As the gateway's reactors: they only post.
  bool InternalInlineable() override { return true; }

  void Send() {
    HttpRequest request;
    request.url = std::move(url_);
    request.bearer = Secret("token");
    call_ = relay_.loop.Send(std::move(request), [this](HttpResult result) {
      const auto* const response = std::get_if<HttpResponse>(&result);
      if (response == nullptr || response->status != 200) {
        return Finish({grpc::StatusCode::UNAVAILABLE, "not fetched"});
      }
      *response_ = relay_.response;
      Finish(grpc::Status::OK);
    });
  }

  const Relay& relay_;
  ByteBuffer* const response_;
  std::string url_;
  CallHandle call_;
};

class Service final : public v1::Predictions::WithRawCallbackMethod_Get<
                          v1::Predictions::Service> {
 public:
  explicit Service(const Relay& relay) : relay_(relay) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const ByteBuffer* request,
                                ByteBuffer* response) override {
    return new Fetch(relay_, *request, response);
  }

 private:
  const Relay& relay_;
};

int Run(const std::string& api_base_url, const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file) {
    std::cerr << path << ": cannot read\n";
    return 2;
  }
  const grpc::Slice slice(bytes);
  const ByteBuffer response(&slice, 1);
  HttpOptions options;
  options.use_proxy_from_environment = false;
  // 64 bodies of 2 MB.
  options.max_bodies_bytes = size_t{1} << 30;
  CurlEventLoop loop(options);
  const Relay relay{loop, api_base_url, response};
  Service service(relay);
  const std::unique_ptr<grpc::Server> server = StartServer(service);
  if (server == nullptr) return 1;
  // Until stdin is closed, or the process is stopped.
  for (std::string line; std::getline(std::cin, line);) {
  }
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bare_relay API_BASE_URL RESPONSE_FILE\n";
    return 2;
  }
  wriftai::UseBatchScheduling();  // As the gateway.
  return wriftai::bench::Run(argv[1], argv[2]);
}
