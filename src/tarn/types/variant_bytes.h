// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tarn/base/bytes.h"
#include "tarn/base/status.h"

namespace tarn::types {

/// Values nested deeper than this are refused.
inline constexpr int kVariantDepthMax = 200;

/// Two low bits of a value's first byte.
enum class VariantBasic : uint8_t { kPrimitive, kShortText, kObject, kArray };

/// The other six bits of a primitive.
enum class VariantPrimitive : uint8_t {
  kNull = 0,
  kTrue = 1,
  kFalse = 2,
  kInt8 = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
  kDouble = 7,
  kDecimal4 = 8,
  kDecimal8 = 9,
  kDecimal16 = 10,
  kDate = 11,
  kTimestamp = 12,
  kLocalTimestamp = 13,
  kFloat = 14,
  kBytes = 15,
  kLongText = 16,
  kUuid = 20,
};

Status MalformedVariant(std::string_view why);
Status UnknownVariantType(int type);
Status DeepVariant();

/// The bytes of one variant: a value and the dictionary of its names (Paimon
/// `GenericVariantUtil`). Borrows them; trusts nothing in them. Positions count from the
/// value's first byte.
/// Errors: kCorruption for bytes that are no variant; kUnsupported for a primitive that
/// Paimon does not know.
class VariantBytes {
 public:
  /// An object or an array: where its parts begin and how wide they are.
  struct Container {
    uint64_t count = 0;
    uint64_t ids = 0;  ///< objects only
    uint64_t id_size = 0;
    uint64_t offsets = 0;
    uint64_t offset_size = 0;
    uint64_t data = 0;
  };

  VariantBytes(std::string_view value, std::string_view metadata)
      : value_(value), metadata_(metadata) {}

  /// The version of the dictionary is the one that there is.
  Status CheckVersion() const;
  size_t size() const { return value_.size(); }

  Result<std::string_view> Take(uint64_t at, uint64_t count) const;
  template <typename T>
  Result<T> Number(uint64_t at) const {
    ARROW_ASSIGN_OR_RAISE(const std::string_view raw, Take(at, sizeof(T)));
    return base::LoadLittle<T>(raw.data());
  }
  /// What follows a length of four bytes at `at`.
  Result<std::string_view> Long(uint64_t at) const;

  /// \param head  the first byte of the value at `at`
  Result<Container> Object(uint64_t at, uint8_t head) const;
  Result<Container> Array(uint64_t at, uint8_t head) const;
  /// Position of member `i`.
  Result<uint64_t> Member(const Container& container, uint64_t i) const;
  /// Name of member `i` of an object.
  Result<std::string_view> Name(const Container& object, uint64_t i) const;
  /// Bytes of a value that is no object and no array.
  Result<uint64_t> ScalarSize(uint64_t at) const;

 private:
  Result<uint64_t> Unsigned(uint64_t at, uint64_t size) const;
  Result<std::string_view> Key(uint64_t id) const;

  std::string_view value_;
  std::string_view metadata_;
};

}  // namespace tarn::types
