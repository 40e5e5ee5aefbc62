#ifndef WRIFTAI_TESTS_UPSTREAM_HTTP_LOOP_TEST_H_
#define WRIFTAI_TESTS_UPSTREAM_HTTP_LOOP_TEST_H_

#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/support/raw_http_server.h"
#include "tests/support/tls_identity.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {

using Kind = TransportFailure::Kind;

// A running CurlEventLoop, with helpers to use it from the test's thread.
class LoopTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // The servers run on this machine, so no proxy may be used.
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY",
                             "all_proxy", "ALL_PROXY"}) {
      unsetenv(name);
    }
  }

  // Call before the first use of loop().
  HttpOptions& options() { return options_; }

  // The loop trusts only `identity`. Each test has its own file, as tests run
  // in parallel.
  void Trust(const TlsIdentity& identity) {
    const testing::TestInfo& test =
        *testing::UnitTest::GetInstance()->current_test_info();
    options_.ca_file =
        absl::StrCat(testing::TempDir(),
                     absl::StrReplaceAll(
                         absl::StrCat(test.test_suite_name(), "_", test.name()),
                         {{"/", "_"}}),
                     "_ca.pem");
    std::ofstream(options_.ca_file) << identity.certificate;
  }

  CurlEventLoop& loop() {
    if (current_ == nullptr) {
      loop_ = std::make_unique<CurlEventLoop>(options_);
      current_ = loop_.get();
    }
    return *current_;
  }

  void StopLoop() {
    loop_.reset();
    current_ = nullptr;
  }

  void TearDown() override { StopLoop(); }

  // Runs `task` on the loop, after the tasks posted before.
  void OnLoop(std::function<void()> task) {
    std::promise<void> ran;
    loop().Post([&] {
      task();
      ran.set_value();
    });
    ran.get_future().wait();
  }

  HttpResult Fetch(HttpRequest request) {
    std::promise<HttpResult> result;
    CallHandle call;
    OnLoop([&] {
      call = loop().Send(std::move(request), [&](HttpResult ended) {
        result.set_value(std::move(ended));
      });
    });
    HttpResult ended = result.get_future().get();
    OnLoop([&] { call.reset(); });
    return ended;
  }

  // As Fetch(), but expects a response or a failure.
  HttpResponse Response(HttpRequest request) {
    HttpResult result = Fetch(std::move(request));
    if (auto* const response = std::get_if<HttpResponse>(&result)) {
      return *response;
    }
    ADD_FAILURE() << std::get<TransportFailure>(result).message;
    return {};
  }
  TransportFailure Failure(HttpRequest request) {
    HttpResult result = Fetch(std::move(request));
    if (auto* const end = std::get_if<TransportFailure>(&result)) return *end;
    ADD_FAILURE() << "status " << std::get<HttpResponse>(result).status;
    return {};
  }

  static HttpRequest Get(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    return request;
  }
  static HttpRequest Post(std::string url, std::string body) {
    HttpRequest request = Get(std::move(url));
    request.method = HttpMethod::kPost;
    request.body = std::move(body);
    return request;
  }
  static HttpRequest Within(absl::Duration timeout, HttpRequest request) {
    request.timeout = timeout;
    return request;
  }

 private:
  HttpOptions options_;
  std::unique_ptr<CurlEventLoop> loop_;
  // Also valid while the loop is being stopped.
  CurlEventLoop* current_ = nullptr;
};

// EXPECT_THAT(failure, FailsAs(Kind::kConnect, /*maybe_sent=*/false));
MATCHER_P2(FailsAs, kind, maybe_sent, "") {
  *result_listener << "kind " << static_cast<int>(arg.kind) << ", maybe_sent "
                   << arg.maybe_sent << ", \"" << arg.message << "\"";
  return arg.kind == kind && arg.maybe_sent == maybe_sent;
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_HTTP_LOOP_TEST_H_
