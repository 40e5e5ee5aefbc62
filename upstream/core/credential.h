#ifndef WRIFTAI_UPSTREAM_CORE_CREDENTIAL_H_
#define WRIFTAI_UPSTREAM_CORE_CREDENTIAL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "upstream/core/secret.h"

namespace wriftai {

// Who acts upstream: an access token, and the name under which everything that
// belongs to it is kept. Predictions are per user, so all state (watches,
// pages, replays) is keyed by that name and never crosses from one to another.
//
// Threads: immutable, any. Owns: both strings.
class Credential {
 public:
  // `token` is what follows "Bearer " in the authorization header.
  explicit Credential(Secret token);

  const Secret& token() const { return token_; }

  // SHA-256 of the token, 64 lower-case hex digits: fit for keys, and too long
  // to be taken for a name; two tokens never share one.
  const std::string& key() const { return key_; }

  // The first 12 digits of key(): what logs and metrics may show.
  absl::string_view display_name() const;

 private:
  Secret token_;
  std::string key_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_CREDENTIAL_H_
