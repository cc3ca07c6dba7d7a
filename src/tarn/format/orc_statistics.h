// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/format/column_file.h"
#include "tarn/format/orc_times.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Statistics of one top-level column as Java takes them from the footer of an ORC file
/// (Paimon `OrcSimpleStatsExtractor`): nulls of every type; no bounds of bytes and nested
/// types; texts of CHAR padded; none where a bound is longer than 1024 bytes; floating
/// numbers in the order in which Java compared them, groups of rows first. One caller at
/// a time.
class OrcStatistics {
 public:
  OrcStatistics(const types::DataType& type, const OrcTimes& times);
  ~OrcStatistics();
  OrcStatistics(OrcStatistics&&) noexcept;

  /// Take in an array of the engine type.
  void Add(const arrow::Array& array);
  /// A stripe ends after the rows so far.
  void EndStripe();
  /// Bounds are one-row arrays of the engine type. REQUIRES: the last stripe has ended.
  Result<ColumnStatistics> Finish(arrow::MemoryPool* pool) const;

  class Bounds;

 private:
  std::unique_ptr<Bounds> bounds_;  ///< nullptr where there are none
  int64_t nulls_ = 0;
};

}  // namespace tarn::format
