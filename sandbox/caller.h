#ifndef WRIFTAI_SANDBOX_CALLER_H_
#define WRIFTAI_SANDBOX_CALLER_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/secret.h"

namespace wriftai::sandbox {

// Whom a request comes from.
struct Caller {
  enum class Kind { kToken, kAnonymous, kRefused };

  Kind kind = Kind::kRefused;
  std::string key;  // Tells callers apart; no token can be read from it.
};

// Knows the tokens.
//
// Threads: immutable, any. Fails: never; see Caller::Kind.
class Authenticator {
 public:
  struct Options {
    std::vector<Secret> tokens;  // Empty: any token is one.
    bool allow_anonymous = false;
  };

  explicit Authenticator(const Options& options);

  // `authorization` is the value of that header, empty where there is none.
  Caller Identify(absl::string_view authorization) const;

 private:
  std::set<std::string> known_keys_;
  bool allow_anonymous_;
};

// What may be shown of the value of an authorization header: the scheme and
// the beginning of the token's hash.
std::string RedactedAuthorization(absl::string_view authorization);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CALLER_H_
