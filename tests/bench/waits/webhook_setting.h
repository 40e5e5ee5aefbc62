#ifndef WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_
#define WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/child.h"

namespace wriftai::bench {

// The settings for gateways to receive webhooks on 127.0.0.1: ports, which must
// be known before they start, and a file with a key.
//
// Threads: any. Owns: the file. Fails: Make().
class WebhookSetting {
 public:
  static absl::StatusOr<std::unique_ptr<WebhookSetting>> Make(size_t gateways);
  ~WebhookSetting();
  WebhookSetting(const WebhookSetting&) = delete;
  WebhookSetting& operator=(const WebhookSetting&) = delete;

  // The port of each gateway.
  const std::vector<int>& ports() const { return ports_; }

  // The flags of each gateway. `public_port`: where upstream delivers.
  std::vector<Child::Strings> Flags(int public_port) const;

 private:
  WebhookSetting(std::string file, std::vector<int> ports);

  const std::string file_;
  const std::vector<int> ports_;
};

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_WEBHOOK_SETTING_H_
