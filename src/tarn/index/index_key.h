// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "tarn/base/bytes.h"
#include "tarn/types/data_type.h"

namespace tarn::index {

/// A value as an index compares it: text by unsigned bytes, anything else as a number
/// whose order is Java's order of the values. Borrows its text.
struct IndexKey {
  int64_t number = 0;
  std::string_view text;

  friend auto operator<=>(const IndexKey&, const IndexKey&) = default;
};

/// How values of a column become keys (Paimon `BitmapFileIndex.getValueMapper`,
/// `KeyFactory`), and how keys are stored: big-endian in their own width, FLOAT and
/// DOUBLE as their bits, TIMESTAMP as milliseconds up to a precision of 3 and as
/// microseconds above, text with a length of four bytes. Immutable; a small value.
class KeyForm {
 public:
  /// Nothing for types whose values are no keys: bytes, nested types. DECIMAL has keys in
  /// `bsi` and `range-bitmap` only, which ask for it, up to a precision of 18.
  static std::optional<KeyForm> Of(const types::DataType& type);

  bool is_text() const { return width_ == 0; }
  bool is_floating() const { return floating_; }
  bool is_decimal() const { return decimal_; }
  bool is_boolean() const { return boolean_; }
  /// False when several values have one key: nanoseconds are cut off.
  bool is_exact() const { return !fine_; }

  /// Whether a cell that is not NULL has a key: microseconds of 64 bits hold less than
  /// fine timestamps do.
  bool HasKey(const arrow::Array& array, int64_t row) const;
  /// Errors: kUnsupported for a column with a value that has none (Java fails, too).
  Status CheckKeys(const arrow::Array& column) const;
  /// The key of a cell that is not NULL. REQUIRES: `array` has the engine type of the
  /// column, the cell has a key.
  IndexKey KeyOf(const arrow::Array& array, int64_t row) const;
  /// Keys that are the other zero, for FLOAT and DOUBLE.
  IndexKey PositiveZero() const { return {0, {}}; }
  IndexKey NegativeZero() const { return {-1, {}}; }
  bool IsZero(const IndexKey& key) const {
    return floating_ && (key.number == 0 || key.number == -1);
  }

  void Append(const IndexKey& key, std::string* out) const;
  int64_t StoredBytes(const IndexKey& key) const {
    return is_text() ? 4 + static_cast<int64_t>(key.text.size()) : width_;
  }
  Result<IndexKey> Read(base::ByteReader* in) const;
  /// `Object.hashCode` of the boxed value.
  int32_t JavaHash(const IndexKey& key) const;
  /// The number that is hashed into a bloom filter.
  int64_t BloomNumber(const IndexKey& key) const;

 private:
  explicit KeyForm(int width) : width_(width) {}

  int width_;  ///< bytes; 0 = text
  bool floating_ = false;
  bool decimal_ = false;
  bool boolean_ = false;
  bool fine_ = false;  ///< nanoseconds whose microseconds are the key
};

}  // namespace tarn::index
