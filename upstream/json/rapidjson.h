#ifndef WRIFTAI_UPSTREAM_JSON_RAPIDJSON_H_
#define WRIFTAI_UPSTREAM_JSON_RAPIDJSON_H_

// The one place that includes RapidJSON. The stack of its 1.1 adds an offset to
// a null pointer while it is empty. That does no harm, but the
// undefined-behaviour sanitizer ends the program for it; so this one check is
// left out in this one file, and nowhere in ours.

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
