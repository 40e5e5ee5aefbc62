#include "tests/bench/waits/webhook_setting.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::bench {
namespace {

constexpr char kKey[] = "key-of-the-webhooks-scenario\n";

// Returns a port that was just free; 0 if none exists.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  const bool found =
      bind(fd, raw, size) == 0 && getsockname(fd, raw, &size) == 0;
  close(fd);
  return found ? ntohs(address.sin_port) : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WebhookSetting>> WebhookSetting::Make() {
  const int port = FreePort();
  if (port == 0)
    return absl::ErrnoToStatus(errno, "cannot find a free port for webhooks");
  const char* const folder = std::getenv("TMPDIR");
  std::string file =
      absl::StrCat(folder == nullptr ? "/tmp" : folder, "/waits-key-XXXXXX");
  const int fd = mkstemp(file.data());
  if (fd < 0) return absl::ErrnoToStatus(errno, file);
  const bool written = write(fd, kKey, sizeof(kKey) - 1) == sizeof(kKey) - 1;
  close(fd);
  auto setting = std::unique_ptr<WebhookSetting>(
      new WebhookSetting(std::move(file), port));
  if (!written) return absl::ErrnoToStatus(errno, setting->file_);
  return setting;
}

WebhookSetting::WebhookSetting(std::string file, int port)
    : file_(std::move(file)), port_(port) {}

WebhookSetting::~WebhookSetting() { unlink(file_.c_str()); }

Child::Strings WebhookSetting::Flags() const {
  const std::string address = absl::StrCat("127.0.0.1:", port_);
  return {absl::StrCat("--webhook_address=", address),
          absl::StrCat("--webhook_public_url=http://", address,
                       "/webhooks/wriftai"),
          absl::StrCat("--webhook_secret_file=", file_)};
}

}  // namespace wriftai::bench
