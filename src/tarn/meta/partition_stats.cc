// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/partition_stats.h"

#include <arrow/array.h>
#include <arrow/scalar.h>

#include "tarn/expr/compare_values.h"
#include "tarn/meta/stored_rows.h"

namespace tarn::meta {
namespace {

/// Java compares what is `Comparable`; a byte array is not, so its bounds stay unknown.
bool HasBounds(const types::DataType& type) {
  return !type.IsNested() && !type.IsBytes() && type.root() != types::TypeRoot::kBlob;
}

}  // namespace

Result<SimpleStats> ComputePartitionStats(
    const std::vector<types::DataField>& fields,
    const std::map<std::string, int64_t>& partition_counts) {
  if (fields.empty()) return SimpleStats::Empty();
  std::vector<std::string_view> rows;
  std::vector<int64_t> counts;
  for (const auto& [row, count] : partition_counts) {
    rows.push_back(row);
    counts.push_back(count);
  }
  ARROW_ASSIGN_OR_RAISE(const auto columns, DecodeStoredRows(rows, fields));

  SimpleStats out;
  std::vector<std::shared_ptr<arrow::Scalar>> min(fields.size()), max(fields.size());
  for (size_t field = 0; field < fields.size(); ++field) {
    const arrow::Array& column = *columns[field];
    int64_t nulls = 0;
    int64_t least = -1, greatest = -1;
    for (int64_t i = 0; i < column.length(); ++i) {
      if (column.IsNull(i)) {
        nulls += counts[static_cast<size_t>(i)];
        continue;
      }
      if (!HasBounds(fields[field].type)) continue;
      if (least < 0 || expr::CompareValues(column, i, column, least) < 0) least = i;
      if (greatest < 0 || expr::CompareValues(column, i, column, greatest) > 0) {
        greatest = i;
      }
    }
    if (least >= 0) {
      ARROW_ASSIGN_OR_RAISE(min[field], column.GetScalar(least));
      ARROW_ASSIGN_OR_RAISE(max[field], column.GetScalar(greatest));
    }
    out.null_counts.emplace_back(nulls);
  }
  ARROW_ASSIGN_OR_RAISE(out.min_values, EncodeStoredRow(min, fields));
  ARROW_ASSIGN_OR_RAISE(out.max_values, EncodeStoredRow(max, fields));
  return out;
}

}  // namespace tarn::meta
