// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tarn/types/partition_path.h"
#include "tarn/types/table_schema.h"

namespace tarn::table {

/// The time that a partition's values state (Paimon `PartitionTimeExtractor`), by the
/// options `partition.timestamp-pattern` and `partition.timestamp-formatter`. A value.
class PartitionTimes {
 public:
  /// Errors: kInvalidInput for a formatter that Java would not take; kUnsupported naming
  /// a letter of one that is not read here.
  static Result<PartitionTimes> Make(const types::TableSchema& schema);

  /// \param values  of all partition columns, as texts
  /// Seconds from 1970-01-01T00:00 of the wall clock; absent for values that state no
  /// time.
  std::optional<int64_t> SecondsOf(const types::PartitionSpec& values) const;

 private:
  /// A part of a formatter.
  struct Part {
    char letter = 0;  ///< of a field; 0 = `literal`
    int min_digits = 0, max_digits = 0;
    char literal = 0;
  };

  Status ReadFormatter(const std::string& formatter);
  std::optional<int64_t> ByFormatter(const std::string& text) const;

  std::optional<std::string> pattern_;
  std::optional<std::vector<Part>> formatter_;
};

}  // namespace tarn::table
