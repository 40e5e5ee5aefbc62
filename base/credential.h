#ifndef WRIFTAI_BASE_CREDENTIAL_H_
#define WRIFTAI_BASE_CREDENTIAL_H_

#include <string>

#include "base/secret.h"

namespace wriftai {

// The identity used upstream: an access token, and the key of all state that
// belongs to it. Predictions are per user, so all state (watches, pages,
// replays) is keyed by credential and never shared between credentials.
//
// Threads: immutable, any; a derived class may differ. Owns: its strings.
class Credential {
 public:
  // `token` is what follows "Bearer " in the authorization header.
  explicit Credential(Secret token);
  virtual ~Credential() = default;
  Credential(const Credential&) = delete;
  Credential& operator=(const Credential&) = delete;

  // The token to send now. Ask again for each request, since it may be rotated.
  virtual Secret token() const { return token_; }

  // As token(), including a rotation that token() may not have noticed yet. For
  // a token that the upstream has rejected.
  virtual Secret ReloadedToken() const { return token(); }

  // The token before the last rotation; empty if it was never rotated.
  virtual Secret previous_token() const { return Secret(); }

  // Whether this is a credential of the gateway, whose tokens may be rotated,
  // and not a caller's token.
  bool outlives_tokens() const { return outlives_tokens_; }

  // SHA-256 of the token, as 64 lower-case hex digits. A key that is not such a
  // hash belongs to a credential that outlives its tokens.
  const std::string& key() const { return key_; }

  // Safe for logs and metrics: the first 12 digits of key(), or the name of a
  // credential that outlives its tokens.
  const std::string& display_name() const { return display_name_; }

 protected:
  // A credential that outlives its tokens. `name` must not look like a hash.
  explicit Credential(const std::string& name)
      : key_(name), display_name_(name), outlives_tokens_(true) {}

 private:
  const Secret token_;
  const std::string key_;
  const std::string display_name_;
  const bool outlives_tokens_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_CREDENTIAL_H_
