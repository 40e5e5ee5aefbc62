#ifndef WRIFTAI_SANDBOX_CALLER_H_
#define WRIFTAI_SANDBOX_CALLER_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/secret.h"

namespace wriftai::sandbox {

// The identity of the caller of a request.
struct Caller {
  enum class Kind { kToken, kAnonymous, kRejected };

  Kind kind = Kind::kRejected;
  std::string key;  // Identifies the caller without revealing its token.
};

// Identifies callers by their tokens.
//
// Threads: immutable, any. Fails: never; see Caller::Kind.
class Authenticator {
 public:
  struct Options {
    std::vector<Secret> tokens;  // Empty: accept any token.
    bool allow_anonymous = false;
  };

  explicit Authenticator(const Options& options);

  // `authorization`: the header's value; empty if the header is absent.
  Caller Identify(absl::string_view authorization) const;

 private:
  std::set<std::string> known_keys_;
  bool allow_anonymous_;
};

// Redacts the value of an authorization header to the scheme and the start of
// the token's hash.
std::string RedactedAuthorization(absl::string_view authorization);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CALLER_H_
