// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/partition_set.h"

#include <arrow/array.h>

#include "tarn/expr/compare_values.h"
#include "tarn/meta/stored_rows.h"

namespace tarn::meta {

Result<PartitionSet> PartitionSet::Make(const std::vector<types::DataField>& fields,
                                        std::set<std::string, std::less<>> rows) {
  PartitionSet out;
  out.fields_ = fields;
  out.rows_ = std::move(rows);
  const std::vector<std::string_view> views(out.rows_.begin(), out.rows_.end());
  ARROW_ASSIGN_OR_RAISE(out.columns_, DecodeStoredRows(views, fields));
  return out;
}

bool PartitionSet::MightTouch(const ManifestFileMeta& manifest) const {
  if (fields_.empty() || rows_.empty()) return !rows_.empty();
  const SimpleStats& stats = manifest.partition_stats;
  const auto bounds =
      DecodeStoredRows({std::string_view(stats.min_values), stats.max_values}, fields_);
  if (!bounds.ok()) return true;

  const auto rows = static_cast<int64_t>(rows_.size());
  for (int64_t row = 0; row < rows; ++row) {
    bool inside = true;
    for (size_t field = 0; field < fields_.size() && inside; ++field) {
      const arrow::Array& value = *columns_[field];
      const arrow::Array& bound = *(*bounds)[field];
      if (value.IsNull(row)) {
        const bool known = field < stats.null_counts.size() && stats.null_counts[field];
        inside = !known || *stats.null_counts[field] > 0;
      } else if (bound.IsValid(0) && bound.IsValid(1) &&
                 expr::IsComparable(*value.type())) {
        inside = expr::CompareValues(value, row, bound, 0) >= 0 &&
                 expr::CompareValues(value, row, bound, 1) <= 0;
      }
    }
    if (inside) return true;
  }
  return false;
}

}  // namespace tarn::meta
