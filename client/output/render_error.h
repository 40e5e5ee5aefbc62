#ifndef WRIFTAI_CLIENT_OUTPUT_RENDER_ERROR_H_
#define WRIFTAI_CLIENT_OUTPUT_RENDER_ERROR_H_

#include <grpcpp/grpcpp.h>

#include <string>

// Formats the errors of calls for people. All functions: any thread.

namespace wriftai::client {

// "NOT_FOUND", or "code 42" for a code that gRPC does not define.
std::string CodeName(grpc::StatusCode code);

// "CODE: message" on one line, printable, without a line feed.
std::string ErrorLine(const grpc::Status& status, bool color = false);

// ErrorLine(), then the details (google.rpc), one per line: `  field:
// description` for each violation, `  retry after 1.5s`, `  reason: …`, and
// the reason's metadata. Ends in a line feed.
std::string RenderError(const grpc::Status& status, bool color = false);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_RENDER_ERROR_H_
