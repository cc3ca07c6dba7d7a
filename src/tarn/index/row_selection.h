// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <roaring/roaring.hh>

#include "tarn/expr/predicate.h"
#include "tarn/index/column_index.h"

namespace tarn::index {

/// Rows of one file that may satisfy a predicate: never too few.
struct RowSelection {
  bool all = true;  ///< nothing is known; `rows` does not count
  Roaring rows;

  static RowSelection All() { return {}; }
  static RowSelection None() { return {false, {}}; }
  static RowSelection Of(Roaring rows) { return {false, std::move(rows)}; }
  bool none() const { return !all && rows.isEmpty(); }
  void And(const RowSelection& other);
  void Or(const RowSelection& other);
};

/// One index that can be asked about a column.
struct AskedIndex {
  ColumnIndex* index = nullptr;  ///< nullptr = the column has no value in the file
  const KeyForm* form = nullptr;
};

/// The indexes of a column, by its name in the predicate. Errors: those of reading.
using IndexLookup =
    std::function<Result<std::vector<AskedIndex>>(const std::string& column)>;

/// Ask indexes about a predicate with SQL's logic: what may be true (Paimon
/// `FileIndexPredicate`). FLOAT and DOUBLE as the predicate has them: zeros of both signs
/// are one value.
Result<RowSelection> SelectRows(const expr::Predicate& predicate,
                                const IndexLookup& indexes);

}  // namespace tarn::index
