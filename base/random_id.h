#ifndef WRIFTAI_BASE_RANDOM_ID_H_
#define WRIFTAI_BASE_RANDOM_ID_H_

#include <string>

// Ids for calls and spans, unique across replicas. They are predictable, so
// never use them as secrets. All functions: any thread.

namespace wriftai {

// A random UUID (RFC 4122, version 4) in lower case.
std::string RandomUuid();

// A trace id (W3C Trace Context): 32 lower-case hex digits, not all zero.
std::string RandomTraceId();

// A span id (W3C Trace Context): 16 lower-case hex digits, not all zero.
std::string RandomSpanId();

}  // namespace wriftai

#endif  // WRIFTAI_BASE_RANDOM_ID_H_
