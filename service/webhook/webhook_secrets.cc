#include "service/webhook/webhook_secrets.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Each costs one HMAC for every forged delivery; a rotation needs two.
constexpr size_t kMaxSecrets = 8;

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

absl::StatusOr<WebhookSecrets::List> KeysFrom(
    const WatchedFile& file, const absl::StatusOr<std::string>& text) {
  WebhookSecrets::List keys;
  bool usable = text.ok();
  for (absl::string_view line :
       absl::StrSplit(usable ? absl::string_view(*text) : "", '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    usable = usable && IsPrintable(line);
    keys.emplace_back(std::string(line));
  }
  if (usable && !keys.empty() && keys.size() <= kMaxSecrets) return keys;
  return absl::InvalidArgumentError(
      absl::StrCat("webhook_secret_file ", file.path(),
                   ": expected a readable file with 1 to ", kMaxSecrets,
                   " lines, each a key of printable ASCII without spaces",
                   text.ok() ? "" : ": ", text.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<WebhookSecrets>> WebhookSecrets::Open(
    std::string file, const EventLoop& event_loop) {
  std::unique_ptr<WebhookSecrets> secrets(
      new WebhookSecrets(std::move(file), event_loop));
  MutexLock lock(secrets->mutex_);
  const absl::Status status = secrets->Apply(secrets->file_.Read());
  if (!status.ok()) return status;
  return secrets;
}

std::shared_ptr<const WebhookSecrets::List> WebhookSecrets::Current() {
  MutexLock lock(mutex_);
  const auto text = file_.ReadIfChanged(event_loop_.Now());
  if (!text.has_value()) return secrets_;
  if (const absl::Status status = Apply(*text); !status.ok()) {
    spdlog::error("{}; the last valid keys remain in use",
                  std::string(status.message()));
  } else {
    spdlog::info("reloaded the webhook keys: {}", secrets_->size());
  }
  return secrets_;
}

absl::Status WebhookSecrets::CheckFile(const std::string& path) {
  WatchedFile file(path, kMaxFileBytes);
  return KeysFrom(file, file.Read()).status();
}

absl::Status WebhookSecrets::Apply(const absl::StatusOr<std::string>& text) {
  absl::StatusOr<List> keys = KeysFrom(file_, text);
  if (!keys.ok()) return keys.status();
  secrets_ = std::make_shared<const List>(*std::move(keys));
  return absl::OkStatus();
}

}  // namespace wriftai
