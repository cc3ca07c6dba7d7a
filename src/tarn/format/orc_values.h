// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/format/orc_numbers.h"
#include "tarn/format/orc_tail.h"
#include "tarn/format/orc_times.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Turns what ORC's library hands out into arrays of the engine types: a tree beside the
/// type of one column. Timestamps come as stored seconds (`TimestampForm::kSeconds`)
/// whose nanoseconds are decoded here, or as nanoseconds. Trailing blanks of CHAR are
/// cut, as by Java's reader. One caller at a time.
class OrcValues {
 public:
  /// How instants were stored: through the wall clock of the writer's zone
  /// (`orc.timestamp-ltz.legacy.type`), or as they are.
  struct Options {
    bool legacy_instants = true;
    base::Clock* clock = nullptr;
    arrow::MemoryPool* pool = nullptr;
  };
  /// \param number  of the column's type in the file
  /// Errors: kCorruption naming the column (the file's type is not that of `type`),
  /// kUnsupported naming a type that ORC files do not hold.
  static Result<std::unique_ptr<OrcValues>> Make(const OrcTail& tail, uint32_t number,
                                                 const std::string& path,
                                                 const types::DataType& type,
                                                 const Options& options);

  /// Whether the column holds timestamps at any depth.
  bool has_timestamps() const;
  /// Begin a stripe whose timestamps are stored in UTC: find their nanoseconds.
  Status OpenNanos(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                   const OrcTail& tail, const OrcStripeFooter& footer);
  /// Begin a stripe whose timestamps the library reads itself.
  void CloseNanos();

  /// The engine's form of the next rows: type[rows].
  Result<std::shared_ptr<arrow::Array>> Convert(const arrow::Array& array);

 private:
  OrcValues() = default;
  Result<std::shared_ptr<arrow::ArrayData>> ConvertData(
      const std::shared_ptr<arrow::ArrayData>& data);
  Result<std::shared_ptr<arrow::ArrayData>> ConvertText(const arrow::ArrayData& data);
  Result<std::shared_ptr<arrow::ArrayData>> ConvertTimes(const arrow::ArrayData& data);
  Status CheckDecimals(const arrow::ArrayData& data) const;
  template <typename Value>
  Result<std::shared_ptr<arrow::ArrayData>> ConvertTimesTo(const arrow::ArrayData& data);
  Result<OrcTime> StoredTime(int64_t stored, uint64_t nanos) const;
  Status TimeOf(int64_t stored, uint64_t nanos, int64_t* out) const;
  Status TimeOf(int64_t stored, uint64_t nanos, arrow::Decimal128* out) const;
  Status CheckShifted(int64_t stored) const;
  Status OutOfRange() const;

  uint32_t number_ = 0;
  std::string path_;
  types::DataType type_;
  std::shared_ptr<arrow::DataType> arrow_type_;
  Options options_;
  bool is_wall_clock_ = false;  ///< instants that passed through it
  std::vector<std::unique_ptr<OrcValues>> children_;
  std::unique_ptr<OrcNumberReader> nanos_;
};

}  // namespace tarn::format
