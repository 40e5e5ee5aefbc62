#include "upstream/json/proto_wire.h"

namespace wriftai {
namespace {

// 64 bits in groups of seven.
constexpr size_t kMaxVarintBytes = 10;

constexpr uint64_t kMaxFieldNumber = (uint64_t{1} << 29) - 1;

}  // namespace

bool WireReader::Next(WireField& field) {
  if (malformed_ || rest_.empty()) return false;
  malformed_ = !Read(field);
  return !malformed_;
}

bool WireReader::Read(WireField& field) {
  const absl::string_view begin = rest_;
  uint64_t tag = 0;
  if (!ReadVarint(tag)) return false;
  const uint64_t number = tag >> 3;
  if (number == 0 || number > kMaxFieldNumber) return false;
  field.number = static_cast<uint32_t>(number);
  field.value = 0;
  field.bytes = absl::string_view();
  switch (tag & 7) {
    case 0:
      field.type = WireType::kVarint;
      if (!ReadVarint(field.value)) return false;
      break;
    case 1:
      field.type = WireType::kFixed64;
      if (!ReadFixed(8, field.value)) return false;
      break;
    case 2: {
      field.type = WireType::kBytes;
      uint64_t size = 0;
      if (!ReadVarint(size) || size > rest_.size()) return false;
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      break;
    }
    case 5:
      field.type = WireType::kFixed32;
      if (!ReadFixed(4, field.value)) return false;
      break;
    default:
      return false;
  }
  field.whole = begin.substr(0, begin.size() - rest_.size());
  return true;
}

bool WireReader::ReadVarint(uint64_t& value) {
  value = 0;
  for (size_t i = 0; i < kMaxVarintBytes && i < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool WireReader::ReadFixed(size_t size, uint64_t& value) {
  if (rest_.size() < size) return false;
  for (size_t i = 0; i < size; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(rest_[i]))
             << (8 * i);
  }
  rest_.remove_prefix(size);
  return true;
}

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<char>((value & 0x7f) | 0x80));
  }
  out.push_back(static_cast<char>(value));
}

void AppendBytesHeader(uint32_t number, size_t size, std::string& out) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | 2, out);
  AppendVarint(size, out);
}

}  // namespace wriftai
