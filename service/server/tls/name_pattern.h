#ifndef WRIFTAI_SERVICE_SERVER_TLS_NAME_PATTERN_H_
#define WRIFTAI_SERVICE_SERVER_TLS_NAME_PATTERN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wriftai {

// A pattern for names in certificates. `caller.example.com` matches DNS names;
// a pattern with a scheme, such as `spiffe://cluster.local/ns/a/sa/caller`,
// matches URIs. A `*` matches one or more letters, digits, `-` and `_`, and in
// a path also `.`. It never matches across labels or path segments, nor a
// segment `.` or `..`. Everything else must be equal; DNS names ignore case.
//
// Threads: immutable, any. Owns: its text. Fails: only Parse().
class NamePattern {
 public:
  // INVALID_ARGUMENT: neither a DNS name nor a URI.
  static absl::StatusOr<NamePattern> Parse(absl::string_view text);

  // As parsed; a DNS name in lower case.
  std::string text() const;

  // `name`: verbatim from the certificate, including zero bytes.
  bool MatchesDns(absl::string_view name) const;
  bool MatchesUri(absl::string_view name) const;

 private:
  NamePattern() = default;

  // A DNS name has only an authority.
  std::string scheme_;                  // With its colon; empty for DNS names.
  std::vector<std::string> authority_;  // Labels.
  std::vector<std::string> path_;       // Segments.
};

// Parses a comma-separated list of at most 100 patterns: each client's names
// are compared with all of them. INVALID_ARGUMENT: a pattern is malformed, or
// there are too many.
absl::StatusOr<std::vector<NamePattern>> ParseNamePatterns(
    absl::string_view list);

// The list that ParseNamePatterns() reads.
std::string JoinNamePatterns(const std::vector<NamePattern>& patterns);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_NAME_PATTERN_H_
