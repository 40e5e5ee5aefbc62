#ifndef WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_
#define WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/child.h"

namespace wriftai::bench {

// The settings for a gateway to receive webhooks on 127.0.0.1: a port, which
// must be known before it starts, and a file with a key.
//
// Threads: any. Owns: the file. Fails: Make().
class WebhookSetting {
 public:
  static absl::StatusOr<std::unique_ptr<WebhookSetting>> Make();
  ~WebhookSetting();
  WebhookSetting(const WebhookSetting&) = delete;
  WebhookSetting& operator=(const WebhookSetting&) = delete;

  // The gateway's flags.
  Child::Strings Flags() const;

 private:
  WebhookSetting(std::string file, int port);

  const std::string file_;
  const int port_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_
