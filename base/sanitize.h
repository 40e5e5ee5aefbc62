#ifndef WRIFTAI_BASE_SANITIZE_H_
#define WRIFTAI_BASE_SANITIZE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// Untrusted text (from a caller, the upstream, a certificate) passes through
// one of these before it reaches a log, a metric, an error, a trailer or a
// page. Each result is valid UTF-8, bounded, and a single line. Nothing in it
// moves a cursor, reverses text, or is invisible.
//
// All functions: pure, any thread.

namespace wriftai {

// Maximum size of an id: of our requests, of the upstream's, and of
// predictions. UUIDs, ULIDs and ids made by proxies have 20 to 80 bytes.
inline constexpr size_t kMaxIdBytes = 128;

// Maximum size of a sentence in a log line or on a page.
inline constexpr size_t kMaxShownBytes = 200;

// `text` as an id: SanitizeAscii() with kMaxIdBytes.
std::string SanitizeId(absl::string_view text);

// The first `max_bytes` of `text`, with "?" for each byte that is not printable
// ASCII.
std::string SanitizeAscii(absl::string_view text,
                          size_t max_bytes = kMaxShownBytes);

// `text` in any language, cut between characters to at most `max_bytes`. Spaces
// of any kind, line breaks and control characters (C0, C1) become a space.
// Invalid UTF-8 becomes "?", and so do characters that are invisible, change
// the direction of text, or have no agreed meaning.
std::string SanitizeText(absl::string_view text, size_t max_bytes);

// Whether `text` is valid UTF-8 and consists of characters that SanitizeText()
// keeps, without spaces. True for an empty text.
bool IsVisibleText(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SANITIZE_H_
