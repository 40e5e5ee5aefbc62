#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_FAILURE_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_FAILURE_H_

#include <cstddef>

namespace wriftai {

// Why a server did not receive a complete request.
enum class HttpFailure {
  // The bytes are not acceptable. The connection can still take a response.
  kMalformed,
  kHeadTooLarge,
  kBodyTooLarge,
  // The connection ends.
  kTimedOut,
  kEvicted,       // In favor of others, at a limit.
  kDisconnected,  // By the client.
};

inline constexpr size_t kHttpFailures =
    static_cast<size_t>(HttpFailure::kDisconnected) + 1;

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_FAILURE_H_
