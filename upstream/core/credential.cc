#include "upstream/core/credential.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "upstream/core/digest.h"

namespace wriftai {

Credential::Credential(Secret token)
    : token_(std::move(token)),
      key_(absl::BytesToHexString(Sha256(token_.Reveal()))) {}

absl::string_view Credential::display_name() const {
  return absl::string_view(key_).substr(0, 12);
}

}  // namespace wriftai
