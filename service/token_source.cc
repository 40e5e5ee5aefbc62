#include "service/token_source.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);

// Far above any token; a wrong path must not be read into memory.
constexpr std::streamsize kMostBytes = std::streamsize{16} * 1024;

}  // namespace

absl::StatusOr<std::unique_ptr<TokenSource>> TokenSource::Open(
    Secret token, std::string file, const Scheduler& scheduler) {
  std::unique_ptr<TokenSource> source(
      new TokenSource(std::move(file), scheduler));
  if (!source->file_.empty()) {
    if (absl::Status status = source->Read(); !status.ok()) return status;
  } else if (!token.empty()) {
    source->credential_ = std::make_shared<Credential>(std::move(token));
  }
  return source;
}

std::shared_ptr<const Credential> TokenSource::Current() {
  if (file_.empty() || scheduler_.Now() - looked_at_ < kLookInterval) {
    return credential_;
  }
  looked_at_ = scheduler_.Now();
  std::error_code error;
  const auto written_at = std::filesystem::last_write_time(file_, error);
  if (error || written_at == written_at_) return credential_;
  if (const absl::Status status = Read(); !status.ok()) {
    spdlog::error("{}; the last good token stays in use",
                  std::string(status.message()));
    written_at_ = written_at;
  } else {
    spdlog::info("the access token was read again");
  }
  return credential_;
}

absl::Status TokenSource::Read() {
  std::error_code error;
  const auto written_at = std::filesystem::last_write_time(file_, error);
  std::ifstream stream(file_, std::ios::binary);
  std::string text(kMostBytes, '\0');
  stream.read(text.data(), kMostBytes);
  text.resize(static_cast<size_t>(stream.gcount()));
  absl::StripAsciiWhitespace(&text);
  const bool printable = std::all_of(
      text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (error || text.empty() || !printable) {
    return absl::InvalidArgumentError(absl::StrCat(
        "access_token_file ", file_,
        ": wanted a readable file with a token of printable ASCII"));
  }
  credential_ = std::make_shared<Credential>(Secret(std::move(text)));
  written_at_ = written_at;
  return absl::OkStatus();
}

}  // namespace wriftai
