#include "client/arguments/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wriftai::client {
namespace {

absl::StatusOr<std::string> ReadAll(std::istream& stream,
                                    absl::string_view name) {
  constexpr size_t kStep = size_t{64} << 10;
  std::string text;
  while (stream) {
    if (text.size() > kMaxFileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is larger than ", kMaxFileBytes >> 20, " MiB"));
    }
    const size_t size = text.size();
    text.resize(size + kStep);
    stream.read(&text[size], static_cast<std::streamsize>(kStep));
    text.resize(size + static_cast<size_t>(stream.gcount()));
  }
  if (stream.bad()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", name, ": ", std::strerror(errno)));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  return ReadAll(stream, path);
}

absl::StatusOr<std::string> ReadArgument(absl::string_view argument,
                                         std::istream& standard_input) {
  if (argument == "@-") return ReadAll(standard_input, "standard input");
  if (absl::ConsumePrefix(&argument, "@")) {
    if (argument.empty()) {
      return absl::InvalidArgumentError(
          "expected a file name after @, or - for standard input");
    }
    return ReadFile(std::string(argument));
  }
  return std::string(argument);
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StripTrailingAsciiWhitespace(&*text);
  if (text->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is empty"));
  }
  return Secret(*std::move(text));
}

}  // namespace wriftai::client
