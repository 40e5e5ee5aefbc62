#ifndef WRIFTAI_UPSTREAM_JSON_PROTO_WIRE_H_
#define WRIFTAI_UPSTREAM_JSON_PROTO_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Reads Protocol Buffers' wire format one field at a time, for untrusted
// messages: a parsed message may take 50 times its bytes
// (https://protobuf.dev/programming-guides/encoding/).
//
// All functions: any thread; views point into the argument.

namespace wriftai {

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// The fields of a map entry (section "Maps" of the guide).
inline constexpr uint32_t kEntryKey = 1;
inline constexpr uint32_t kEntryValue = 2;

struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;       // Of a varint or a fixed number.
  absl::string_view bytes;  // The content if the type is kBytes.
  absl::string_view whole;  // Tag and content.
};

// Reads the fields of one message. Groups count as malformed, since proto3 has
// none.
class WireReader {
 public:
  explicit WireReader(absl::string_view message) : rest_(message) {}

  // False at the end of the message, or if it is malformed.
  bool Next(WireField& field);

  bool malformed() const { return malformed_; }

 private:
  bool ReadVarint(uint64_t& value);
  bool ReadFixed(size_t size, uint64_t& value);
  bool Read(WireField& field);

  absl::string_view rest_;
  bool malformed_ = false;
};

// The number of bytes that AppendVarint() writes.
size_t VarintSize(uint64_t value);

void AppendVarint(uint64_t value, std::string& out);

// Appends the tag and the length of a field of type kBytes.
void AppendBytesHeader(uint32_t number, size_t size, std::string& out);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_PROTO_WIRE_H_
