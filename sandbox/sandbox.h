#ifndef WRIFTAI_SANDBOX_SANDBOX_H_
#define WRIFTAI_SANDBOX_SANDBOX_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/http_server/http_server.h"
#include "base/listener_counters.h"
#include "sandbox/clock.h"
#include "sandbox/faults.h"
#include "sandbox/request_handler.h"
#include "sandbox/request_workers.h"
#include "sandbox/sandbox_options.h"
#include "sandbox/state.h"
#include "sandbox/webhook_sender.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai::sandbox {

// A local stand-in for the WriftAI API with the same paths, fields, limits,
// headers and webhooks. See README.md.
//
// Threads: any. Owns: its server, threads and predictions. The destructor stops
// all of them immediately, including held responses and webhooks. options.clock
// must outlive it. Fails: only Start() and AddFaults().
class Sandbox {
 public:
  // UNAVAILABLE if it cannot listen at options.listen_address.
  static absl::StatusOr<std::unique_ptr<Sandbox>> Start(SandboxOptions options);

  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // The API's URL for clients: http://ADDRESS/v1 with the actual port.
  const std::string& base_url() const { return base_url_; }

  // The operations of the control API, without HTTP.
  absl::Status AddFaults(const std::vector<Fault>& faults);
  void ClearFaults();
  TrafficStats traffic() const { return state_.traffic.Stats(); }
  WebhookStats webhooks() const { return state_.webhooks.Stats(); }
  void Reset();

 private:
  Sandbox(const SandboxOptions& options, std::unique_ptr<Clock> own_clock);

  absl::Status Listen();
  void FeedWebhooks();

  const std::unique_ptr<Clock> own_clock_;  // Null: options.clock.
  SandboxState state_;
  std::string base_url_;
  std::unique_ptr<RequestHandler> request_handler_;
  std::unique_ptr<CurlEventLoop> loop_;
  std::unique_ptr<WebhookSender> sender_;  // On the loop.
  std::thread feeder_;
  std::unique_ptr<RequestWorkers> workers_;
  ListenerCounters connections_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_SANDBOX_H_
