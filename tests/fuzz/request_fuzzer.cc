// Sends any bytes as a request to the whole service over gRPC, with an upstream
// that always succeeds. The first byte selects the method; the rest is the
// message. A call ends with OK or an error about the request, and all upstream
// requests are well-formed.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "google/protobuf/message.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "service/telemetry/call_method.h"
#include "tests/fuzz/check_status.h"
#include "tests/support/service_harness.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isprint);
}

std::string PredictionOf(absl::string_view id) {
  return absl::StrCat(R"({"id":")", id,
                      R"(","status":"succeeded","output":["\ud83d"]})");
}

// The response of a working upstream. Checks the request first.
HttpResponse Respond(const HttpRequest& request) {
  FUZZ_CHECK(IsPrintable(request.url) && !absl::StrContains(request.url, ' '));
  for (const auto& [name, value] : request.headers) {
    FUZZ_CHECK(IsPrintable(name) && IsPrintable(value));
  }
  HttpResponse response;
  response.status = 200;
  const absl::string_view path =
      absl::string_view(request.url).substr(sizeof("http://upstream/v1") - 1);
  if (absl::EndsWith(path, "/cancel")) {
    response.body = "null";
  } else if (request.method == HttpMethod::kPost) {
    FUZZ_CHECK(path == "/predictions" && ParseJson(request.body).ok());
    response.status = 202;
    response.body = PredictionOf(kPredictionId);
  } else if (absl::StartsWith(path, "/predictions?")) {
    response.body = absl::StrCat(R"({"items":[)", PredictionOf(kPredictionId),
                                 R"(],"next_cursor":"n"})");
  } else {
    const absl::string_view id = path.substr(sizeof("/predictions/") - 1);
    FUZZ_CHECK(UuidFromText(id) == std::string(id));
    response.body = PredictionOf(id);
  }
  return response;
}

ServiceHarness& Harness() {
  static ServiceHarness* const harness = [] {
    auto* const made = new ServiceHarness();
    made->upstream().RespondToAll(Respond);
    return made;
  }();
  return *harness;
}

// Waits for the operation started on `queue`. Returns whether it succeeded.
bool Next(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  FUZZ_CHECK(queue.Next(&tag, &ok));
  return ok;
}

void CheckMessages(CallMethod method,
                   const std::vector<std::string>& messages) {
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method->output_type())
          ->New());
  for (const std::string& bytes : messages) {
    FUZZ_CHECK(message->ParseFromString(bytes));
  }
}

void CheckError(const grpc::Status& status) {
  FUZZ_CHECK(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
             status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  FUZZ_CHECK(status.error_message().size() <= 1024);
  google::rpc::Status details;
  FUZZ_CHECK(details.ParseFromString(status.error_details()));
  FUZZ_CHECK(details.details_size() > 0);
  FUZZ_CHECK(status.error_details().size() <= kMaxDetailBytes);
  for (const auto& detail : details.details()) {
    CheckDetail(detail.type_url(), detail.value());
  }
}

void CheckCall(CallMethod method, absl::string_view request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(Harness().channel());
  const auto call =
      stub.PrepareCall(&context, absl::StrCat("/", FullName(method)), &queue);
  call->StartCall(nullptr);
  bool ok = Next(queue);
  if (ok) {
    grpc::Slice slice(request.data(), request.size());
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    ok = Next(queue);
  }
  std::vector<std::string> messages;
  while (ok) {
    grpc::ByteBuffer bytes;
    call->Read(&bytes, nullptr);
    ok = Next(queue);
    if (!ok) break;
    grpc::Slice slice;
    FUZZ_CHECK(bytes.DumpToSingleSlice(&slice).ok());
    messages.emplace_back(reinterpret_cast<const char*>(slice.begin()),
                          slice.size());
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  Next(queue);
  if (!status.ok()) {
    CheckError(status);
    return;
  }
  FUZZ_CHECK(!messages.empty());
  CheckMessages(method, messages);
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto& service = wriftai::PredictionsService();
  wriftai::CheckCall(
      service.method(data[0] % service.method_count()),
      absl::string_view(reinterpret_cast<const char*>(data), size).substr(1));
  return 0;
}
