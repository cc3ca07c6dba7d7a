// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/bytes.h"

namespace tarn::base {

Result<std::string_view> ByteReader::ReadBytes(uint64_t count) {
  if (count > remaining()) {
    return Corruption(7001, "Stored bytes end too early:", V("what", what_),
                      V("position", position_), V("wanted", count),
                      V("remaining", remaining()));
  }
  std::string_view out = bytes_.substr(position_, count);
  position_ += count;
  return out;
}

Result<uint64_t> ByteReader::ReadVarint(int bits_max) {
  uint64_t value = 0;
  for (int shift = 0; shift < bits_max; shift += 7) {
    ARROW_ASSIGN_OR_RAISE(uint8_t byte, ReadLittle<uint8_t>());
    const uint64_t bits = byte & 0x7F;
    if (shift + 7 > bits_max && (bits >> (bits_max - shift)) != 0) break;
    value |= bits << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return Corruption(7002, "Variable-length number is too long:", V("what", what_),
                    V("position", position_), V("bits_max", bits_max));
}

Result<int64_t> ByteReader::ReadZigZag(int bits_max) {
  ARROW_ASSIGN_OR_RAISE(uint64_t value, ReadVarint(bits_max));
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

void AppendVarint(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void AppendZigZag(std::string* out, int64_t value) {
  AppendVarint(out,
               (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

Result<std::string> FromHex(std::string_view text) {
  auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() % 2 != 0) {
    return InvalidInput(1001,
                        "Hexadecimal text has an odd length:", V("length", text.size()));
  }
  std::string out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return InvalidInput(1002, "Text is not hexadecimal:", V("position", i));
    }
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

}  // namespace tarn::base
