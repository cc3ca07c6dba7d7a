// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "tarn/format/avro_schema.h"

namespace tarn::format {

/// Reads Avro binary values one after the other from borrowed bytes.
///
/// Fails once and stays failed: after a broken value every read answers zero or empty at
/// once, so a caller decodes a whole record and asks `status()` at its end. Loops end on
/// failure. Every length is checked against the bytes that remain. One caller at a time.
///
/// Two families: `Read*` takes exactly the value that stands in the bytes; the others
/// take the writer's node, go through a union and accept what Avro promotes (int where a
/// long is wanted, string for bytes), so older and newer writers are read alike.
class AvroDecoder {
 public:
  explicit AvroDecoder(std::string_view bytes)
      : begin_(bytes.data()),
        position_(bytes.data()),
        end_(bytes.data() + bytes.size()) {}

  bool ok() const { return error_ == nullptr; }
  size_t remaining() const { return static_cast<size_t>(end_ - position_); }
  size_t offset() const { return static_cast<size_t>(position_ - begin_); }
  /// Errors: kCorruption with the reason and the offset.
  Status status() const;
  /// As `status()`, and kCorruption when bytes are left.
  Status Finish() const;
  /// Make the decoder fail; the first reason is kept. \param reason a string literal
  void Fail(const char* reason) {
    if (error_ == nullptr) error_ = reason;
    position_ = end_;
  }

  int64_t ReadLong() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (position_ == end_) break;
      const uint8_t byte = static_cast<uint8_t>(*position_++);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
      }
    }
    Fail("a number is cut off or too long");
    return 0;
  }
  int32_t ReadInt() {
    const int64_t value = ReadLong();
    if (value != static_cast<int32_t>(value)) {
      Fail("an int out of range");
      return 0;
    }
    return static_cast<int32_t>(value);
  }
  bool ReadBoolean();
  float ReadFloat();
  double ReadDouble();
  /// The bytes of a bytes or string value; borrowed, valid as long as the input.
  std::string_view ReadBytes() {
    const int64_t length = ReadLong();
    return ReadFixed(length);
  }
  std::string_view ReadFixed(int64_t length) {
    if (length < 0 || static_cast<uint64_t>(length) > remaining()) {
      Fail("a length beyond the end");
      return {};
    }
    std::string_view out(position_, static_cast<size_t>(length));
    position_ += length;
    return out;
  }
  /// Index of the branch of `node` that follows. REQUIRES: node is a union.
  int ReadUnionIndex(const AvroNode& node);

  /// The node of the value that follows: `node`, or the branch that the bytes name when
  /// it is a union. kNull (which takes no bytes) when the value is missing or the decoder
  /// failed.
  const AvroNode& Resolve(const AvroNode& node);

  /// Value of an int, long or enum; nullopt for null.
  std::optional<int64_t> OptionalLong(const AvroNode& node);
  std::optional<bool> OptionalBoolean(const AvroNode& node);
  /// Value of a bytes, string or fixed; nullopt for null.
  std::optional<std::string_view> OptionalBytes(const AvroNode& node);
  /// As above, where null is an error.
  int64_t Long(const AvroNode& node);
  int32_t Int(const AvroNode& node);
  std::string_view Bytes(const AvroNode& node);

  /// The record that follows, through a union; nullptr for null. The caller then reads
  /// the values of its `fields` in order.
  const AvroNode* Record(const AvroNode& node);

  /// Call `item(const AvroNode&)` for every element of an array, which must read exactly
  /// one value. Answers false for null.
  template <typename Item>
  bool ForEach(const AvroNode& node, Item&& item) {
    const AvroNode* array = Collection(node, AvroKind::kArray);
    if (array == nullptr) return false;
    for (int64_t count = ReadBlockCount(); count > 0; count = ReadBlockCount()) {
      for (; count > 0 && ok(); --count) item(*array->items[0]);
    }
    return true;
  }
  /// Call `item(std::string_view key, const AvroNode&)` for every entry of a map.
  template <typename Item>
  bool ForEachEntry(const AvroNode& node, Item&& item) {
    const AvroNode* map = Collection(node, AvroKind::kMap);
    if (map == nullptr) return false;
    for (int64_t count = ReadBlockCount(); count > 0; count = ReadBlockCount()) {
      for (; count > 0 && ok(); --count) {
        const std::string_view key = ReadBytes();
        item(key, *map->items[0]);
      }
    }
    return true;
  }
  /// Items in the next block of an array or map; 0 ends it.
  int64_t ReadBlockCount();

  /// Pass over one value of `node`, nested at most 64 deep.
  void Skip(const AvroNode& node) { SkipValue(node, 0); }

 private:
  const AvroNode* Collection(const AvroNode& node, AvroKind kind);
  void SkipValue(const AvroNode& node, int depth);

  const char* begin_;
  const char* position_;
  const char* end_;
  const char* error_ = nullptr;
};

}  // namespace tarn::format
