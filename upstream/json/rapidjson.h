#ifndef WRIFTAI_UPSTREAM_JSON_RAPIDJSON_H_
#define WRIFTAI_UPSTREAM_JSON_RAPIDJSON_H_

// The only file that includes RapidJSON. In version 1.1, its stack adds an
// offset to a null pointer while it is empty. That is harmless, but the
// undefined-behavior sanitizer aborts on it. This check is therefore disabled
// for this one header, and nowhere in our code.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), \
                             apply_to = function)
#endif
#include "rapidjson/internal/stack.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif

#include "rapidjson/encodings.h"
#include "rapidjson/reader.h"
#include "rapidjson/writer.h"

#endif  // WRIFTAI_UPSTREAM_JSON_RAPIDJSON_H_
