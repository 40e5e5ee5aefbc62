#include "upstream/core/watched_file.h"

#include <fstream>
#include <system_error>

#include "absl/strings/ascii.h"

namespace wriftai {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);

// Far above any secret, and a few of them.
constexpr std::streamsize kMostBytes = std::streamsize{16} * 1024;

}  // namespace

std::optional<std::string> WatchedFile::Read() {
  std::error_code error;
  // Before the text: what is written in between is read once more, not missed.
  const auto written_at = std::filesystem::last_write_time(path_, error);
  if (error) return std::nullopt;
  written_at_ = written_at;
  std::ifstream stream(path_, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text(kMostBytes, '\0');
  stream.read(text.data(), kMostBytes);
  text.resize(static_cast<size_t>(stream.gcount()));
  absl::StripAsciiWhitespace(&text);
  return text;
}

std::optional<std::string> WatchedFile::ReadIfChanged() {
  if (scheduler_.Now() - looked_at_ < kLookInterval) return std::nullopt;
  looked_at_ = scheduler_.Now();
  std::error_code error;
  const auto written_at = std::filesystem::last_write_time(path_, error);
  if (error || written_at == written_at_) return std::nullopt;
  // Unreadable is as good as empty: the owner is to hear of the change.
  return Read().value_or("");
}

}  // namespace wriftai
