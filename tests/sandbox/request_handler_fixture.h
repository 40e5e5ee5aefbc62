#ifndef WRIFTAI_TESTS_SANDBOX_REQUEST_HANDLER_FIXTURE_H_
#define WRIFTAI_TESTS_SANDBOX_REQUEST_HANDLER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "sandbox/clock.h"
#include "sandbox/json.h"
#include "sandbox/request_handler.h"
#include "sandbox/state.h"

namespace wriftai::sandbox {

inline constexpr char kEcho[] =
    R"({"model":"wriftai/echo","input":{"n": 1.0}})";
inline constexpr char kSlow[] =
    R"({"model":"wriftai/slow","input":{"prompt":"x"}})";

// Tests the API without sockets, with a manual clock.
class RequestHandlerTest : public testing::Test {
 protected:
  RequestHandlerTest() {
    options_.clock = &clock_;
    options_.rates.enforce = false;
  }

  RequestHandler& handler() {
    if (handler_ == nullptr) {
      state_ = std::make_unique<SandboxState>(options_);
      handler_ = std::make_unique<RequestHandler>(state_.get(), "http://h:1/v1",
                                                  [this] { state_->Reset(); });
    }
    return *handler_;
  }
  Response Call(const std::string& method, const std::string& target,
                const std::string& body = "", Headers headers = {}) {
    Request request;
    request.method = method;
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) {
      request.query = target.substr(question + 1);
    }
    request.headers = std::move(headers);
    if (!token_.empty()) {
      request.headers.emplace_back("Authorization", "Bearer " + token_);
    }
    request.body = body;
    request.peer = peer_;
    return handler().Handle(request);
  }
  Response Create(const std::string& body, Headers headers = {}) {
    return Call("POST", "/v1/predictions", body, std::move(headers));
  }
  // Creates a prediction with `body` and returns its id.
  std::string CreatedId(const std::string& body) {
    return *Member(Create(body).body, "id").AsString();
  }
  Response Get(const std::string& id) {
    return Call("GET", "/v1/predictions/" + id);
  }
  Response Cancel(const std::string& id) {
    return Call("POST", "/v1/predictions/" + id + "/cancel");
  }
  std::string StatusOf(const std::string& id) {
    return *Member(Get(id).body, "status").AsString();
  }
  // Returns a member of a JSON object. Valid until the next call.
  JsonValue Member(const std::string& json, absl::string_view name) {
    json_ = json;
    const auto parsed = ParseJson(json_);
    return std::get<JsonValue>(parsed).Find(name).value_or(
        JsonValue(JsonValue::Kind::kNull, "absent"));
  }
  static std::string Header(const Response& response, absl::string_view name) {
    for (const auto& header : response.headers) {
      if (header.first == name) return header.second;
    }
    return "absent";
  }

  ManualClock clock_{absl::FromUnixSeconds(1000)};
  SandboxOptions options_;
  std::string token_ = "t";
  std::string peer_ = "127.0.0.1";
  std::string json_;
  std::unique_ptr<SandboxState> state_;
  std::unique_ptr<RequestHandler> handler_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_TESTS_SANDBOX_REQUEST_HANDLER_FIXTURE_H_
