#ifndef WRIFTAI_SANDBOX_FAULT_JSON_H_
#define WRIFTAI_SANDBOX_FAULT_JSON_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sandbox/faults.h"

namespace wriftai::sandbox {

// Reads the control API's list of faults. INVALID_ARGUMENT names the index of
// the fault and the member.
absl::StatusOr<std::vector<Fault>> ReadFaults(absl::string_view json);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_FAULT_JSON_H_
