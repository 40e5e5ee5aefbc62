#ifndef WRIFTAI_SANDBOX_FAULT_JSON_H_
#define WRIFTAI_SANDBOX_FAULT_JSON_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sandbox/faults.h"

namespace wriftai::sandbox {

// Reads the list of faults that the control API takes. INVALID_ARGUMENT names
// the fault by its index, and the member.
absl::StatusOr<std::vector<Fault>> ReadFaults(absl::string_view json);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_FAULT_JSON_H_
