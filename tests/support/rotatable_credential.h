#ifndef WRIFTAI_TESTS_SUPPORT_ROTATABLE_CREDENTIAL_H_
#define WRIFTAI_TESTS_SUPPORT_ROTATABLE_CREDENTIAL_H_

#include <string>
#include <utility>

#include "base/credential.h"

namespace wriftai {

// A credential whose token the test rotates.
class RotatableCredential : public Credential {
 public:
  explicit RotatableCredential(Secret token)
      : Credential(std::string("rotatable")), current_(std::move(token)) {}

  void Rotate(Secret token) {
    previous_ = std::exchange(current_, std::move(token));
  }

  Secret token() const override { return current_; }
  Secret previous_token() const override { return previous_; }

 private:
  Secret current_;
  Secret previous_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_ROTATABLE_CREDENTIAL_H_
