#ifndef WRIFTAI_CLIENT_RENDER_ERROR_H_
#define WRIFTAI_CLIENT_RENDER_ERROR_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/time/time.h"

// Formats and inspects the errors of calls. All functions: any thread.

namespace wriftai::client {

// "NOT_FOUND", or "code 42" for a code that gRPC does not define.
std::string CodeName(grpc::StatusCode code);

// "CODE: message" on one line, printable, without a line feed.
std::string ErrorLine(const grpc::Status& status);

// ErrorLine(), then the details (google.rpc), one per line: `  field:
// description` for each violation, `  retry after 1.5s`, `  reason: …`, and
// the reason's metadata. Details that cannot be parsed are omitted. Ends in a
// line feed.
std::string RenderError(const grpc::Status& status);

// The server's retry delay, clamped to [0, kMaxRetryDelay].
std::optional<absl::Duration> RetryDelay(const grpc::Status& status);

// The id of the prediction that a failed call created nevertheless.
std::optional<std::string> CreatedId(const grpc::Status& status);

// Whether a create that failed with UNAVAILABLE certainly created nothing:
// either the gateway gave its reason for rejecting it, or no gateway was
// reached. A connection that was lost may have delivered the request.
bool DefinitelyNotCreated(const grpc::Status& status);

// Bounds the time that a user waits without seeing an attempt.
inline constexpr absl::Duration kMaxRetryDelay = absl::Minutes(1);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_RENDER_ERROR_H_
