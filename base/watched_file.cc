#include "base/watched_file.h"

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/small_file.h"

namespace wriftai {

absl::StatusOr<std::string> WatchedFile::Read() {
  absl::StatusOr<std::string> text = ReadSmallFile(path_, max_bytes_);
  std::string digest =
      text.ok() ? Sha256(*text)
                : absl::StrCat("cannot read: ", text.status().message());
  changed_ = digest != digest_;
  digest_ = std::move(digest);
  return text;
}

std::optional<absl::StatusOr<std::string>> WatchedFile::ReadIfChanged(
    absl::Time now) {
  if (now - read_at_ < kReadInterval) return std::nullopt;
  read_at_ = now;
  absl::StatusOr<std::string> text = Read();
  if (!changed_) return std::nullopt;
  return text;
}

}  // namespace wriftai
