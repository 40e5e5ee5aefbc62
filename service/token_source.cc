#include "service/token_source.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace wriftai {

absl::StatusOr<std::unique_ptr<TokenSource>> TokenSource::Open(
    Secret token, std::string file, const Scheduler& scheduler) {
  std::unique_ptr<TokenSource> source(new TokenSource());
  if (!file.empty()) {
    source->file_.emplace(std::move(file), scheduler);
    const absl::Status status = source->Take(source->file_->Read());
    if (!status.ok()) return status;
  } else if (!token.empty()) {
    source->credential_ = std::make_shared<Credential>(std::move(token));
  }
  return source;
}

std::shared_ptr<const Credential> TokenSource::Current() {
  if (!file_.has_value()) return credential_;
  std::optional<std::string> text = file_->ReadIfChanged();
  if (!text.has_value()) return credential_;
  if (const absl::Status status = Take(std::move(text)); !status.ok()) {
    spdlog::error("{}; the last good token stays in use",
                  std::string(status.message()));
  } else {
    spdlog::info("the access token was read again");
  }
  return credential_;
}

absl::Status TokenSource::Take(std::optional<std::string> text) {
  const bool usable = text.has_value() && !text->empty() &&
                      std::all_of(text->begin(), text->end(),
                                  [](char c) { return c > ' ' && c <= '~'; });
  if (!usable) {
    return absl::InvalidArgumentError(absl::StrCat(
        "access_token_file ", file_->path(),
        ": wanted a readable file with a token of printable ASCII"));
  }
  credential_ = std::make_shared<Credential>(Secret(*std::move(text)));
  return absl::OkStatus();
}

}  // namespace wriftai
