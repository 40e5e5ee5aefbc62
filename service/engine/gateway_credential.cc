#include "service/engine/gateway_credential.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Far above the size of any token.
constexpr size_t kMaxTokenFileBytes = size_t{16} << 10;

absl::StatusOr<Secret> TokenFrom(const WatchedFile& file,
                                 absl::StatusOr<std::string> text) {
  const std::string flag = absl::StrCat("--access_token_file ", file.path());
  if (!text.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": cannot read it: ", text.status().message()));
  }
  absl::StripAsciiWhitespace(&*text);
  if (text->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": expected one access token; the file is empty"));
  }
  if (!std::all_of(text->begin(), text->end(),
                   [](char c) { return c > ' ' && c <= '~'; })) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag,
                     ": expected one access token of printable ASCII without "
                     "spaces or line breaks"));
  }
  return Secret(*std::move(text));
}

}  // namespace

GatewayCredential::GatewayCredential(const EventLoop& event_loop)
    : Credential(std::string(kName)),
      state_(std::make_unique<State>(event_loop)) {}

absl::StatusOr<std::shared_ptr<const GatewayCredential>>
GatewayCredential::Open(Secret token, std::string file,
                        const EventLoop& event_loop) {
  std::shared_ptr<const GatewayCredential> credential(
      new GatewayCredential(event_loop));
  if (!file.empty()) {
    credential->state_->file.emplace(std::move(file), kMaxTokenFileBytes);
    absl::Status status =
        credential->state_->Take(credential->state_->file->Read());
    if (!status.ok()) return status;
  } else if (!token.empty()) {
    credential->state_->Use(std::move(token));
  } else {
    return nullptr;
  }
  return credential;
}

absl::Status GatewayCredential::CheckFile(const std::string& path) {
  WatchedFile file(path, kMaxTokenFileBytes);
  return TokenFrom(file, file.Read()).status();
}

Secret GatewayCredential::token() const {
  if (!state_->file.has_value()) return state_->current;
  auto text = state_->file->ReadIfChanged(state_->event_loop.Now());
  if (text.has_value()) state_->TakeAndLog(*std::move(text));
  return state_->current;
}

Secret GatewayCredential::ReloadedToken() const {
  if (!state_->file.has_value()) return state_->current;
  auto text = state_->file->Read();
  if (state_->file->changed()) state_->TakeAndLog(std::move(text));
  return state_->current;
}

bool GatewayCredential::Matches(const Credential& callers) const {
  token();  // Reloads the file if it has changed.
  return callers.key() == state_->current_key;
}

absl::Status GatewayCredential::State::Take(absl::StatusOr<std::string> text) {
  absl::StatusOr<Secret> token = TokenFrom(*file, std::move(text));
  if (!token.ok()) return token.status();
  Use(*std::move(token));
  return absl::OkStatus();
}

void GatewayCredential::State::TakeAndLog(absl::StatusOr<std::string> text) {
  if (const absl::Status status = Take(std::move(text)); !status.ok()) {
    spdlog::error("{}; the last good token stays in use",
                  std::string(status.message()));
    return;
  }
  spdlog::info("reloaded the access token");
}

void GatewayCredential::State::Use(Secret token) {
  if (token == current) return;
  previous = std::exchange(current, std::move(token));
  current_key = Credential(current).key();
}

}  // namespace wriftai
