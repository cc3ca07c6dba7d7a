// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::format {

/// Avro bytes of the values of a column, one after another, ready to be laid beside those
/// of other columns: the columns of a batch are encoded whole, one at a time, and only
/// bytes are interleaved into records.
struct AvroCells {
  std::string bytes;
  std::vector<int64_t> ends;  ///< ends[values]: where each value ends
  /// Values that are NULL where the type says NOT NULL, in order. They have no bytes; no
  /// matter when what holds them is NULL itself.
  std::vector<int64_t> holes;

  int64_t begin(int64_t i) const { return i == 0 ? 0 : ends[static_cast<size_t>(i - 1)]; }
  std::string_view cell(int64_t i) const { return cells(i, i + 1); }
  /// The bytes of the values [first, last).
  std::string_view cells(int64_t first, int64_t last) const {
    const int64_t from = begin(first);
    return std::string_view(bytes).substr(static_cast<size_t>(from),
                                          static_cast<size_t>(begin(last) - from));
  }
  /// Whether one of the values [first, last) is a hole.
  bool HasHole(int64_t first, int64_t last) const;
};

/// Encode an array of `type`'s engine type as Paimon's `FieldWriterFactory` does.
/// \param column  for messages. Errors: kInvalidInput naming the column for NULL inside a
/// value where the type says NOT NULL.
Result<AvroCells> EncodeAvroCells(const std::string& column, const types::DataType& type,
                                  const arrow::Array& array);

}  // namespace tarn::format
