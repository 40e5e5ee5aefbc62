#include "tests/bench/waits/webhook_setting.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/free_port.h"

namespace wriftai::bench {
namespace {

constexpr char kKey[] = "key-of-the-webhooks-scenario\n";

}  // namespace

absl::StatusOr<std::unique_ptr<WebhookSetting>> WebhookSetting::Make(
    size_t gateways) {
  std::vector<int> ports;
  while (ports.size() < gateways) ports.push_back(FreePort());
  const char* const folder = std::getenv("TMPDIR");
  std::string file =
      absl::StrCat(folder == nullptr ? "/tmp" : folder, "/waits-key-XXXXXX");
  const int fd = mkstemp(file.data());
  if (fd < 0) return absl::ErrnoToStatus(errno, file);
  const bool written = write(fd, kKey, sizeof(kKey) - 1) == sizeof(kKey) - 1;
  close(fd);
  auto setting = std::unique_ptr<WebhookSetting>(
      new WebhookSetting(std::move(file), std::move(ports)));
  if (!written) return absl::ErrnoToStatus(errno, setting->file_);
  return setting;
}

WebhookSetting::WebhookSetting(std::string file, std::vector<int> ports)
    : file_(std::move(file)), ports_(std::move(ports)) {}

WebhookSetting::~WebhookSetting() { unlink(file_.c_str()); }

std::vector<Child::Strings> WebhookSetting::Flags(int public_port) const {
  std::vector<Child::Strings> flags;
  for (const int port : ports_) {
    flags.push_back({absl::StrCat("--webhook_address=127.0.0.1:", port),
                     absl::StrCat("--webhook_public_url=http://127.0.0.1:",
                                  public_port, "/webhooks/wriftai"),
                     absl::StrCat("--webhook_secret_file=", file_)});
  }
  return flags;
}

}  // namespace wriftai::bench
