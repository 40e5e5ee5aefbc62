#ifndef WRIFTAI_UPSTREAM_JSON_JSON_SCAN_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/base/attributes.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// The loops that read most bytes of a JSON text, many bytes at a time: with
// SSE2 where the compiler targets it, as on every x86-64, or else eight at a
// time. Inline, since most strings and numbers are a few bytes long.
//
// All functions: any thread. They read no byte at or after `end`.

namespace wriftai {

// A plain run: bytes of a string that stand for themselves.
inline bool EndsPlainRun(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// Whether any of eight bytes ends a plain run. Each term sets the high bit of a
// byte below its bound. A borrow from a lower byte occurs only above such a
// byte.
inline bool AnyEndsPlainRun(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  const uint64_t quote = bytes ^ (kOnes * '"');
  const uint64_t backslash = bytes ^ (kOnes * '\\');
  return ((((bytes - kOnes * 0x20) & ~bytes) | ((quote - kOnes) & ~quote) |
           ((backslash - kOnes) & ~backslash)) &
          kHighs) != 0;
}

// The end of the plain run at `begin`: the first quote, backslash or control
// character, or `end`. On any processor.
inline const char* PortablePlainEnd(const char* begin, const char* end) {
  constexpr size_t kBlock = sizeof(uint64_t);
  const char* p = begin;
  for (; static_cast<size_t>(end - p) >= kBlock; p += kBlock) {
    uint64_t bytes;
    std::memcpy(&bytes, p, kBlock);
    if (AnyEndsPlainRun(bytes)) break;
  }
  while (p != end && !EndsPlainRun(*p)) ++p;
  return p;
}

#if defined(__SSE2__)

inline constexpr size_t kScanBlock = sizeof(__m128i);

ABSL_ATTRIBUTE_ALWAYS_INLINE inline __m128i LoadBlock(const char* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}

// One bit for each byte of `bytes` that is at most `max`, unsigned.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline __m128i AtMost(__m128i bytes, char max) {
  return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(max)), bytes);
}

#else

inline constexpr size_t kScanBlock = 16;

#endif

// Where the last whole block of a text begins, plus one byte: a block at p is
// within the text if p is below.
inline const char* BlocksEnd(const char* begin, const char* end) {
  const auto size = static_cast<size_t>(end - begin);
  return size < kScanBlock ? begin : end - kScanBlock + 1;
}

// As PortablePlainEnd(), and faster where possible. `blocks_end`: BlocksEnd()
// of the text.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline const char* FindPlainEnd(
    const char* begin, const char* blocks_end, const char* end) {
  const char* p = begin;
#if defined(__SSE2__)
  for (; p < blocks_end; p += kScanBlock) {
    const __m128i bytes = LoadBlock(p);
    const int found = _mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                  _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                     AtMost(bytes, 0x1f)));
    if (found != 0) return p + __builtin_ctz(static_cast<unsigned>(found));
  }
#endif
  return PortablePlainEnd(p, end);
}

inline bool IsJsonSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The first byte from `begin` on that is not white space, or `end`.
inline const char* SkipJsonSpace(const char* begin, const char* end) {
  const char* p = begin;
  while (p != end && static_cast<unsigned char>(*p) <= ' ' && IsJsonSpace(*p)) {
    ++p;
  }
  return p;
}

// The first byte from `begin` on that is not a digit, or `end`. On any
// processor.
inline const char* PortableSkipDigits(const char* begin, const char* end) {
  const char* p = begin;
  while (p != end && *p >= '0' && *p <= '9') ++p;
  return p;
}

// The same, and faster where possible.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline const char* SkipDigits(
    const char* begin, const char* blocks_end, const char* end) {
  const char* p = begin;
#if defined(__SSE2__)
  for (; p < blocks_end; p += kScanBlock) {
    const __m128i digits = _mm_sub_epi8(LoadBlock(p), _mm_set1_epi8('0'));
    const int others = _mm_movemask_epi8(AtMost(digits, 9)) ^ 0xffff;
    if (others != 0) return p + __builtin_ctz(static_cast<unsigned>(others));
  }
#endif
  return PortableSkipDigits(p, end);
}

// The end of `true`, `false` or `null` at `begin`. Null for other texts.
inline const char* SkipLiteral(const char* begin, const char* end) {
  const auto size = static_cast<size_t>(end - begin);
  if (size >= 4 && (std::memcmp(begin, "null", 4) == 0 ||
                    std::memcmp(begin, "true", 4) == 0)) {
    return begin + 4;
  }
  return size >= 5 && std::memcmp(begin, "false", 5) == 0 ? begin + 5 : nullptr;
}

// The end of the RFC 8259 number at `begin`. Null for other texts, and for a
// number that is incomplete (`1.`, `1e`), has a leading zero, or continues with
// another point or exponent (`1.2.3`, `1e5.5`).
ABSL_ATTRIBUTE_ALWAYS_INLINE inline const char* ScanNumber(
    const char* begin, const char* blocks_end, const char* end) {
  const char* p = begin;
  if (p != end && *p == '-') ++p;
  const char* const integer = p;
  p = SkipDigits(p, blocks_end, end);
  if (p == integer || (*integer == '0' && p - integer > 1)) return nullptr;
  if (p != end && *p == '.') {
    const char* const fraction = p + 1;
    p = SkipDigits(fraction, blocks_end, end);
    if (p == fraction || (p != end && *p == '.')) return nullptr;
  }
  if (p == end || (*p != 'e' && *p != 'E')) return p;
  ++p;
  if (p != end && (*p == '+' || *p == '-')) ++p;
  const char* const exponent = p;
  p = SkipDigits(exponent, blocks_end, end);
  const bool continues = p != end && (*p == '.' || *p == 'e' || *p == 'E');
  return p == exponent || continues ? nullptr : p;
}

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_SCAN_H_
