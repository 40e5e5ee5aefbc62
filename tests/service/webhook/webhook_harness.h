#ifndef WRIFTAI_TESTS_SERVICE_WEBHOOK_WEBHOOK_HARNESS_H_
#define WRIFTAI_TESTS_SERVICE_WEBHOOK_WEBHOOK_HARNESS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "sandbox/webhook_signature.h"
#include "service/webhook/webhook_server.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/raw_client.h"

namespace wriftai {

// Records the ids of the received predictions.
//
// Threads: any.
class IdSink : public WebhookSink {
 public:
  bool TryPush(v1::Prediction prediction) override {
    MutexLock lock(mutex_);
    if (full_) return false;
    ids_.push_back(prediction.id());
    return true;
  }
  void SetFull(bool full) {
    MutexLock lock(mutex_);
    full_ = full;
  }
  std::vector<std::string> ids() const {
    MutexLock lock(mutex_);
    return ids_;
  }

 private:
  mutable Mutex mutex_;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> ids_ ABSL_GUARDED_BY(mutex_);
};

// A listener on real sockets with the secret "key". The clock for signatures is
// manual; connections use real time.
class WebhookHarness : public ::testing::Test {
 protected:
  static constexpr char kPath[] = "/webhooks/wriftai";

  // For tests that must not run into the timeout.
  static WebhookServer::Options LongTimeout() {
    WebhookServer::Options options;
    options.listen_address = "127.0.0.1:0";
    options.request_timeout = absl::Minutes(10);
    return options;
  }

  void Start(const WebhookServer::Options& options = LongTimeout()) {
    auto server =
        WebhookServer::Start(options, receiver_, counters_, listener_counters_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  int port() const { return server_->port(); }

  std::string Sign(absl::string_view body, const std::string& key = "key",
                   absl::Duration offset = absl::ZeroDuration()) const {
    return sandbox::SignWebhook(Secret(key), clock_.WallNow() + offset, body);
  }

  // A UUID that ends in `digit`.
  static std::string Id(absl::string_view digit) {
    return absl::StrCat("00000000-0000-4000-8000-00000000000", digit);
  }

  // The event of the prediction Id(digit).
  static std::string Event(const std::string& digit) {
    return absl::StrCat(R"({"id":")", Id(digit), R"(","status":"succeeded"})");
  }

  // A complete delivery with `signature`, or unsigned if that is empty.
  static std::string Delivery(absl::string_view body,
                              absl::string_view signature) {
    return absl::StrCat("POST ", kPath, " HTTP/1.1\r\nhost: h\r\n",
                        signature.empty()
                            ? ""
                            : absl::StrCat(sandbox::kWebhookSignatureHeader,
                                           ": ", signature, "\r\n"),
                        "content-length: ", body.size(), "\r\n\r\n", body);
  }

  std::string SignedDelivery(const std::string& id) const {
    return Delivery(Event(id), Sign(Event(id)));
  }

  // The status of the response to `bytes` on a new connection; empty without a
  // response.
  std::string StatusOf(absl::string_view bytes) const {
    RawClient client(port());
    const std::string head = client.Call(bytes).head;
    return head.empty() ? "" : head.substr(9, 3);
  }

  ManualEventLoop clock_;
  IdSink sink_;
  DeliveryCounters counters_;
  ListenerCounters listener_counters_;
  WebhookReceiver receiver_{
      {},
      [secrets = std::make_shared<const std::vector<Secret>>(
           1, Secret("key"))] { return secrets; },
      clock_,
      sink_};
  std::unique_ptr<WebhookServer> server_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_WEBHOOK_WEBHOOK_HARNESS_H_
