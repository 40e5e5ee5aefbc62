#ifndef WRIFTAI_CLIENT_RENDER_ERROR_H_
#define WRIFTAI_CLIENT_RENDER_ERROR_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/time/time.h"

// Errors of calls for people. All functions: any thread.

namespace wriftai::client {

// "NOT_FOUND"; the number for a code that gRPC does not know.
std::string CodeName(grpc::StatusCode code);

// "CODE: message", in one line, printable, without a line feed.
std::string ErrorLine(const grpc::Status& status);

// ErrorLine(), then the details (google.rpc) one a line: `  field:
// description` for each violation, `  retry after 1.5s`, `  reason: …`, and
// the reason's metadata. Details that cannot be read are left out. Ends in a
// line feed.
std::string RenderError(const grpc::Status& status);

// How long the server asks to stay away; not negative, at most
// kMaxRetryDelay.
std::optional<absl::Duration> RetryDelay(const grpc::Status& status);

// The prediction that a call has created that ended with `status` all the same.
std::optional<std::string> CreatedId(const grpc::Status& status);

// Whether a create that ended UNAVAILABLE has certainly created nothing: the
// gateway says why it refused it, or none was reached. A connection that was
// lost may have carried it.
bool CreatedNothing(const grpc::Status& status);

// A person who waits would rather see the next try fail.
inline constexpr absl::Duration kMaxRetryDelay = absl::Minutes(1);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_RENDER_ERROR_H_
