#ifndef WRIFTAI_CLIENT_OUTPUT_ERROR_REPORT_H_
#define WRIFTAI_CLIENT_OUTPUT_ERROR_REPORT_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/strings/string_view.h"

// Errors as JSON: error_report.proto on one line, with a line feed. All
// functions: any thread.

namespace wriftai::client {

std::string ErrorJson(const grpc::Status& status, absl::string_view hint,
                      int exit_status);

// An error of wriftctl itself. `reason`: "USAGE", "INTERRUPTED" or "OUTPUT".
std::string LocalErrorJson(grpc::StatusCode code, absl::string_view reason,
                           absl::string_view message, int exit_status);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_ERROR_REPORT_H_
