#ifndef WRIFTAI_BASE_SANITIZE_H_
#define WRIFTAI_BASE_SANITIZE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// Everything that comes from outside (a caller, the upstream, a certificate)
// passes through one of these before it reaches a log, a metric, an error, a
// trailer or a page. Each result is valid UTF-8, of bounded length, on one
// line, and shows what it holds: nothing in it moves a cursor, reverses text,
// or is invisible.
//
// All functions: pure, any thread.

namespace wriftai {

// Longest id: of a request, ours or the upstream's, and of a prediction. UUIDs,
// ULIDs and what proxies make have 20 to 80 bytes.
inline constexpr size_t kMaxIdBytes = 128;

// Longest sentence that a log line or a page shows.
inline constexpr size_t kMaxShownBytes = 200;

// `text` as an id: SanitizeAscii() with kMaxIdBytes.
std::string SanitizeId(absl::string_view text);

// `text` as printable ASCII: its first `max_bytes`, with "?" for each other
// byte.
std::string SanitizeAscii(absl::string_view text,
                          size_t max_bytes = kMaxShownBytes);

// `text` as readable text in any language: at most `max_bytes`, cut between
// characters. Spaces of any kind, line breaks and control characters (C0, C1)
// become a space; bytes that are not UTF-8 and characters that are invisible,
// change the direction of text, or have no agreed meaning become "?".
std::string SanitizeText(absl::string_view text, size_t max_bytes);

// Whether `text` is valid UTF-8 of characters that SanitizeText() keeps and
// that are not spaces. True for an empty text.
bool IsVisibleText(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SANITIZE_H_
