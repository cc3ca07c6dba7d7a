// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::format {

/// What one stored column (leaf) gets of an array.
///
/// Shapes: definition and repetition int16[count]; `values` type[slots], where a slot
/// exists for every level that reaches the innermost list. `definition` is nullptr for a
/// leaf that can hold no NULL, `repetition` for one outside lists.
struct LeafColumn {
  const int16_t* definition = nullptr;
  const int16_t* repetition = nullptr;
  int64_t count = 0;
  std::shared_ptr<arrow::Array> values;
  bool nullable = false;  ///< the leaf itself is optional
};

/// Take a column apart into its leaves, in the order in which Parquet stores them, and
/// call `leaf` for each (Dremel levels). Errors: kInvalidInput naming the column (NULL
/// where the type says NOT NULL, a NULL key in a map), those of `leaf`.
Status ForEachLeaf(const std::string& name, const types::DataType& type,
                   const std::shared_ptr<arrow::Array>& array, arrow::MemoryPool* pool,
                   const std::function<Status(const LeafColumn&)>& leaf);

}  // namespace tarn::format
