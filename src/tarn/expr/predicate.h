// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: expr, predicates.
///
/// A predicate is a small tree over columns and constants (`predicate.h`). It is
/// evaluated on batches (`Evaluate`) and, to prune, on minimum, maximum and null count
/// (`MightMatch`). Below a merge only predicates on key columns may be pushed: a value
/// predicate could hide the newest version of a row and let an older one reappear.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::expr {

enum class CompareOp : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kIsNull,
  kIsNotNull
};

/// Immutable tree. A leaf compares one column with constants of the column's engine type.
struct Predicate {
  enum class Kind : uint8_t { kAnd, kOr, kNot, kLeaf };
  Kind kind = Kind::kAnd;  ///< an AND without children is TRUE
  std::vector<std::shared_ptr<const Predicate>> children;  ///< AND, OR: any; NOT: one
  // Leaf:
  std::string column;
  CompareOp op = CompareOp::kEqual;
  std::vector<std::shared_ptr<arrow::Scalar>> constants;  ///< one, IN: any, IS NULL: none
};
using PredicatePtr = std::shared_ptr<const Predicate>;

PredicatePtr And(std::vector<PredicatePtr> children);
PredicatePtr Or(std::vector<PredicatePtr> children);
PredicatePtr Not(PredicatePtr child);
PredicatePtr Leaf(std::string column, CompareOp op,
                  std::vector<std::shared_ptr<arrow::Scalar>> constants);

/// Names of all columns in the tree, without repeats.
std::vector<std::string> ColumnsOf(const Predicate& predicate);
/// The conjuncts of `predicate` that use only columns in `columns`; nullptr = TRUE.
PredicatePtr KeepOnly(const PredicatePtr& predicate,
                      const std::vector<std::string>& columns);

/// Evaluate with SQL's three-valued logic; bool[rows] where NULL counts as not selected.
Result<std::shared_ptr<arrow::BooleanArray>> Evaluate(const Predicate& predicate,
                                                      const arrow::RecordBatch& batch);

/// Minimum, maximum (one-row arrays, nullptr = unknown) and null count (-1 = unknown) of
/// the columns by name.
class StatsSource {
 public:
  struct Column {
    std::shared_ptr<arrow::Array> min, max;
    int64_t null_count = -1;
  };
  virtual ~StatsSource() = default;
  virtual int64_t row_count() const = 0;
  /// Answers a column without bounds when nothing is known.
  virtual Column Get(const std::string& column) const = 0;
};

/// False only if certainly no row can satisfy `predicate`.
Result<bool> MightMatch(const Predicate& predicate, const StatsSource& stats);

}  // namespace tarn::expr
