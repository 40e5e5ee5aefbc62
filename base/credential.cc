#include "base/credential.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "base/digest.h"

namespace wriftai {

Credential::Credential(Secret token)
    : token_(std::move(token)),
      key_(absl::BytesToHexString(Sha256(token_.Reveal()))),
      display_name_(key_.substr(0, 12)) {}

}  // namespace wriftai
