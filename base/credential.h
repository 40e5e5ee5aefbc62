#ifndef WRIFTAI_BASE_CREDENTIAL_H_
#define WRIFTAI_BASE_CREDENTIAL_H_

#include <string>

#include "base/secret.h"

namespace wriftai {

// Who acts upstream: an access token, and the name under which everything that
// belongs to it is kept. Predictions are per user, so all state (watches,
// pages, replays) is keyed by that name and never crosses from one to another.
//
// Threads: immutable, any; a derived one as it says. Owns: its strings.
class Credential {
 public:
  // `token` is what follows "Bearer " in the authorization header.
  explicit Credential(Secret token);
  virtual ~Credential() = default;
  Credential(const Credential&) = delete;
  Credential& operator=(const Credential&) = delete;

  // The one to send now: it may be another one for the next request, where the
  // token can be rotated.
  virtual Secret token() const { return token_; }

  // The token before the last rotation; empty where there was none.
  virtual Secret previous_token() const { return Secret(); }

  // SHA-256 of the token, 64 lower-case hex digits: fit for keys, and too long
  // to be taken for a name; two tokens never share one. A key that is no such
  // hash belongs to a credential that outlives its tokens.
  const std::string& key() const { return key_; }

  // What logs and metrics may show: the first 12 digits of key(), or the name
  // of a credential that outlives its tokens.
  const std::string& display_name() const { return display_name_; }

 protected:
  // One that outlives its tokens. `name` must not look like a hash.
  explicit Credential(const std::string& name)
      : key_(name), display_name_(name) {}

 private:
  const Secret token_;
  const std::string key_;
  const std::string display_name_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_CREDENTIAL_H_
