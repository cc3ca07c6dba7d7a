// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace tarn::format {

/// Writes Avro binary values to the end of a byte string. Knows no schema: the caller
/// writes the values of its fields in order. One caller at a time.
class AvroEncoder {
 public:
  void WriteBoolean(bool value) { bytes_.push_back(value ? 1 : 0); }
  void WriteInt(int32_t value) { WriteLong(value); }
  void WriteLong(int64_t value) {
    uint64_t bits =
        (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
    while (bits >= 0x80) {
      bytes_.push_back(static_cast<char>(bits | 0x80));
      bits >>= 7;
    }
    bytes_.push_back(static_cast<char>(bits));
  }
  void WriteFloat(float value) { WriteRaw(&value, sizeof(value)); }
  void WriteDouble(double value) { WriteRaw(&value, sizeof(value)); }
  /// A bytes or string value.
  void WriteBytes(std::string_view value) {
    WriteLong(static_cast<int64_t>(value.size()));
    bytes_.append(value);
  }
  void WriteFixed(std::string_view value) { bytes_.append(value); }
  /// The branch of a union that follows; Paimon's null is always branch 0.
  void WriteUnionIndex(int index) { WriteLong(index); }
  void WriteNull() { WriteUnionIndex(0); }
  /// Start an array or map of `items` items in one block, as Java does.
  void WriteCollectionStart(int64_t items) {
    if (items > 0) WriteLong(items);
  }
  void WriteCollectionEnd() { WriteLong(0); }

  const std::string& bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  void Clear() { bytes_.clear(); }
  /// Take the bytes out.
  std::string Release() { return std::exchange(bytes_, {}); }
  /// Drop everything after the first `size` bytes.
  void Truncate(size_t size) { bytes_.resize(size); }

 private:
  void WriteRaw(const void* value, size_t size) {
    bytes_.append(static_cast<const char*>(value), size);
  }

  std::string bytes_;
};

}  // namespace tarn::format
