#ifndef WRIFTAI_BASE_RANDOM_ID_H_
#define WRIFTAI_BASE_RANDOM_ID_H_

#include <string>

// Names for calls and spans, which no two replicas give twice. Whoever knows
// one may guess others: they are no secrets. All functions: any thread.

namespace wriftai {

// A random UUID (RFC 4122, version 4) in lower case.
std::string RandomUuid();

// A span id of W3C's trace context: 16 lower-case hex digits, not all zero.
std::string RandomSpanId();

}  // namespace wriftai

#endif  // WRIFTAI_BASE_RANDOM_ID_H_
