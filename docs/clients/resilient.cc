#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace v1 = wriftai::predictions::v1;
using Predictions = v1::Predictions::Stub;
using std::chrono::seconds;
using std::chrono::system_clock;

Predictions Connect(const std::string& target) {
  std::stringstream config;
  config << std::ifstream("build/clients/service_config.json").rdbuf();
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(config.str());
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 5'000);
  return Predictions(grpc::CreateCustomChannel(
      target, grpc::InsecureChannelCredentials(), arguments));
}

// Returns the detail of that kind, if any.
template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  Detail found;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&found)) return found;
  }
  return std::nullopt;
}

double Random(double min, double max) {
  static std::mt19937 engine{std::random_device()()};
  return std::uniform_real_distribution(min, max)(engine);
}

// Waits as long as the gateway asks, else with exponential backoff.
class Backoff {
 public:
  void Sleep(const grpc::Status& status) {
    std::chrono::duration<double> delay(max_delay_ * Random(0.5, 1));
    if (const auto retry = DetailOf<google::rpc::RetryInfo>(status)) {
      delay = seconds(retry->retry_delay().seconds()) +
              std::chrono::nanoseconds(retry->retry_delay().nanos());
    } else {
      max_delay_ = std::min(max_delay_ * 2, 10.0);
    }
    std::this_thread::sleep_for(delay);
  }

 private:
  double max_delay_ = 0.5;
};

bool ShouldWaitAgain(const grpc::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
      return true;
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
      return !info.has_value();
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return DetailOf<google::rpc::RetryInfo>(status).has_value();
    default:
      return info.has_value() && info->reason() == "MAX_WAIT_EXCEEDED";
  }
}

// Returns the ended prediction, across as many Waits as needed.
v1::Prediction Wait(
    Predictions& predictions, const std::string& id,
    system_clock::time_point deadline,
    const std::function<void(const v1::Prediction&)>& on_update) {
  v1::WaitRequest request;
  request.set_id(id);
  for (Backoff backoff;;) {
    grpc::ClientContext context;
    context.set_deadline(deadline);
    v1::PredictionUpdate update;
    const auto updates = predictions.Wait(&context, request);
    while (updates->Read(&update)) {
      backoff = Backoff();
      on_update(update.prediction());
    }
    const grpc::Status status = updates->Finish();
    if (status.ok()) return update.prediction();
    if (!ShouldWaitAgain(status))
      throw std::runtime_error(status.error_message());
    std::cerr << "again: " << status.error_code() << "\n";
    backoff.Sleep(status);
  }
}

// Returns the prediction that `request` created since then, if any.
std::optional<v1::Prediction> Find(Predictions& predictions,
                                   const v1::CreateRequest& request,
                                   system_clock::time_point since) {
  v1::ListRequest list;
  list.set_page_size(50);
  do {
    grpc::ClientContext context;
    v1::ListResponse page;
    const grpc::Status status = predictions.List(&context, list, &page);
    if (!status.ok()) throw std::runtime_error(status.error_message());
    for (const v1::Prediction& item : page.predictions()) {
      if (item.created_at().seconds() < system_clock::to_time_t(since))
        return {};
      grpc::ClientContext get_context;
      v1::GetRequest get;
      get.set_id(item.id());
      get.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
      v1::Prediction one;
      const grpc::Status got = predictions.Get(&get_context, get, &one);
      if (!got.ok()) throw std::runtime_error(got.error_message());
      if (one.input_json() == request.input_json()) return one;
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  return {};
}

// Creates once, as far as the errors allow to know.
v1::Prediction Create(Predictions& predictions,
                      const v1::CreateRequest& request) {
  const auto since = system_clock::now() - seconds(60);  // Clock skew.
  for (Backoff backoff;;) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() + seconds(90));
    v1::Prediction created;
    const grpc::Status status = predictions.Create(&context, request, &created);
    if (status.ok()) return created;
    const grpc::StatusCode code = status.error_code();
    const bool maybe_created = !DetailOf<google::rpc::ErrorInfo>(status) ||
                               code == grpc::StatusCode::UNKNOWN ||
                               code == grpc::StatusCode::INTERNAL ||
                               code == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (!maybe_created && code != grpc::StatusCode::UNAVAILABLE &&
        !DetailOf<google::rpc::RetryInfo>(status)) {
      throw std::runtime_error(status.error_message());  // A retry would, too.
    }
    for (int pause = 0; maybe_created && pause <= 5; pause += 5) {
      std::this_thread::sleep_for(seconds(pause));
      if (const auto found = Find(predictions, request, since)) return *found;
    }
    backoff.Sleep(status);
  }
}

int main(int argc, char** argv) {
  Predictions predictions = Connect(argv[1]);
  const std::string id = argv[2];  // A new UUID for each create.
  v1::CreateRequest request;
  request.set_model("wriftai/slow");
  request.set_request_id(id);
  request.set_input_json(R"({"prompt": "Hello", "request_id": ")" + id +
                         R"(", "sandbox": {"pending_s": 0, "run_s": 12}})");
  std::set<std::string> seen;
  Wait(predictions, Create(predictions, request).id(),
       system_clock::now() + std::chrono::minutes(10),
       [&seen](const v1::Prediction& prediction) {
         if (seen.insert(prediction.status_text()).second) {
           std::cout << prediction.status_text() << std::endl;
         }
       });
}
