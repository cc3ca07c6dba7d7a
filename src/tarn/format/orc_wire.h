// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/base/bytes.h"

namespace tarn::format {

/// Reads the fields of one protocol buffers message (ORC's tails and stripe footers) from
/// borrowed bytes. Fails once and stays failed. Usage:
///
///     WireReader reader(bytes);
///     while (reader.Next()) if (reader.field() == 3) rows = reader.number();
///     if (!reader.ok()) ...
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  /// Go to the next field. False at the end, and where the bytes are no message.
  bool Next() {
    if (!ok_ || rest_.empty()) return false;
    const char* begin = rest_.data();
    const uint64_t tag = Varint();
    field_ = static_cast<uint32_t>(tag >> 3);
    number_ = 0;
    bytes_ = {};
    switch (tag & 7) {
      case 0:
        number_ = Varint();
        break;
      case 1:
        Fixed(8);
        break;
      case 2:
        bytes_ = Take(Varint());
        break;
      case 5:
        Fixed(4);
        break;
      default:
        ok_ = false;
    }
    whole_ = {begin, static_cast<size_t>(rest_.data() - begin)};
    return ok_ && field_ != 0;
  }

  bool ok() const { return ok_; }
  uint32_t field() const { return field_; }
  /// Value of a varint or fixed field, 0 for others.
  uint64_t number() const { return number_; }
  /// The same as a count or an offset; -1 where it cannot be one.
  int64_t count() const {
    return number_ > static_cast<uint64_t>(INT64_MAX) ? -1
                                                      : static_cast<int64_t>(number_);
  }
  /// Value of a bytes, string or message field, empty for others.
  std::string_view bytes() const { return bytes_; }
  /// The field with its tag, as it stands in the message.
  std::string_view whole() const { return whole_; }

 private:
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view Take(uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view out = rest_.substr(0, static_cast<size_t>(size));
    rest_.remove_prefix(out.size());
    return out;
  }
  void Fixed(size_t size) {
    bytes_ = Take(size);
    if (!ok_) return;
    number_ = size == 8 ? base::LoadLittle<uint64_t>(bytes_.data())
                        : base::LoadLittle<uint32_t>(bytes_.data());
  }

  std::string_view rest_;
  bool ok_ = true;
  uint32_t field_ = 0;
  uint64_t number_ = 0;
  std::string_view bytes_;
  std::string_view whole_;
};

/// Appends the fields of one protocol buffers message.
class WireWriter {
 public:
  void Number(uint32_t field, uint64_t value) {
    Varint(static_cast<uint64_t>(field) << 3);
    Varint(value);
  }
  /// A sint32 or sint64.
  void Signed(uint32_t field, int64_t value) {
    Number(field,
           (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void Double(uint32_t field, double value) {
    Varint(static_cast<uint64_t>(field) << 3 | 1);
    base::AppendLittle(&bytes_, std::bit_cast<uint64_t>(value));
  }
  /// A string, bytes or message; packed numbers too.
  void Bytes(uint32_t field, std::string_view value) {
    Varint(static_cast<uint64_t>(field) << 3 | 2);
    Varint(value.size());
    bytes_.append(value);
  }
  /// A field with its tag, as a `WireReader` saw it.
  void Whole(std::string_view field) { bytes_.append(field); }
  /// A bare number, an element of a packed field.
  void Varint(uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace tarn::format
