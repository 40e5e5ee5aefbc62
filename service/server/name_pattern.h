#ifndef WRIFTAI_SERVICE_SERVER_NAME_PATTERN_H_
#define WRIFTAI_SERVICE_SERVER_NAME_PATTERN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wriftai {

// A pattern for names in certificates: `caller.example.com` is for DNS names,
// `spiffe://cluster.local/ns/a/sa/caller` (anything with a scheme) for URIs. A
// `*` stands for one or more letters, digits, `-` and `_`, in a path also `.`:
// never for more than one label or path segment, never for `.` or `..` alone.
// All else has to be equal, for DNS names in either case.
//
// Threads: immutable, any. Owns: its text. Fails: Parse() alone.
class NamePattern {
 public:
  // INVALID_ARGUMENT: neither a DNS name nor a URI.
  static absl::StatusOr<NamePattern> Parse(absl::string_view text);

  // `name`: as it is in the certificate, zero bytes and all.
  bool MatchesDns(absl::string_view name) const;
  bool MatchesUri(absl::string_view name) const;

 private:
  NamePattern() = default;

  // A URI's authority is its first segment; a DNS name is an authority alone.
  std::string scheme_;                  // With its colon; empty: for DNS names.
  std::vector<std::string> authority_;  // Labels.
  std::vector<std::string> path_;       // Segments.
};

// Patterns with commas between them, 100 at the most: each client's names are
// held against all of them. INVALID_ARGUMENT: says which one is wrong.
absl::StatusOr<std::vector<NamePattern>> ParseNamePatterns(
    absl::string_view list);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_NAME_PATTERN_H_
