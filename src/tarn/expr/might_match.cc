// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/expr/compare_values.h"
#include "tarn/expr/predicate.h"

namespace tarn::expr {
namespace {

constexpr int kDepthMax = 256;

/// What a predicate can be over some rows. A row for which it is NULL is neither.
struct Possible {
  bool is_true = true;
  bool is_false = true;
};

bool IsFloating(const arrow::DataType& type) {
  return type.id() == arrow::Type::FLOAT || type.id() == arrow::Type::DOUBLE;
}

bool IsNaN(const arrow::Array& array) {
  if (array.type_id() == arrow::Type::FLOAT) {
    return std::isnan(static_cast<const arrow::FloatArray&>(array).Value(0));
  }
  return array.type_id() == arrow::Type::DOUBLE &&
         std::isnan(static_cast<const arrow::DoubleArray&>(array).Value(0));
}

/// Zeros of both signs are one value in a predicate, though not in Java's order.
int OrderInPredicate(const arrow::Array& a, const arrow::Array& b) {
  const auto is_zero = [](const arrow::Array& array) {
    if (array.type_id() == arrow::Type::FLOAT) {
      return static_cast<const arrow::FloatArray&>(array).Value(0) == 0;
    }
    if (array.type_id() == arrow::Type::DOUBLE) {
      return static_cast<const arrow::DoubleArray&>(array).Value(0) == 0;
    }
    return false;
  };
  if (is_zero(a) && is_zero(b)) return 0;
  return CompareValues(a, 0, b, 0);
}

/// Bounds of a column as far as they can be trusted for one constant.
struct Bounds {
  const arrow::Array* min = nullptr;
  const arrow::Array* max = nullptr;

  Bounds(const StatsSource::Column& column, const arrow::DataType& type) {
    // A NaN as minimum says nothing: some writers state it for whatever holds a NaN. File
    // footers leave NaN out of the maximum, and NaN is greater than everything.
    if (column.min != nullptr && Usable(*column.min, type) && !IsNaN(*column.min)) {
      min = column.min.get();
    }
    if (column.max != nullptr && Usable(*column.max, type) && !IsFloating(type)) {
      max = column.max.get();
    }
  }
  static bool Usable(const arrow::Array& bound, const arrow::DataType& type) {
    return bound.length() == 1 && bound.IsValid(0) && bound.type()->Equals(type) &&
           IsComparable(type);
  }
  bool MayBeBelow(const arrow::Array& c) const {
    return min == nullptr || OrderInPredicate(*min, c) < 0;
  }
  bool MayBeAbove(const arrow::Array& c) const {
    return max == nullptr || OrderInPredicate(*max, c) > 0;
  }
  bool MayBeEqual(const arrow::Array& c) const {
    return (min == nullptr || OrderInPredicate(*min, c) <= 0) &&
           (max == nullptr || OrderInPredicate(*max, c) >= 0);
  }
};

Result<Possible> LeafPossible(const Predicate& leaf, const StatsSource& stats) {
  const StatsSource::Column column = stats.Get(leaf.column);
  const bool may_be_null = column.null_count != 0;
  const bool may_be_value =
      column.null_count < 0 || column.null_count < stats.row_count();
  if (leaf.op == CompareOp::kIsNull) return Possible{may_be_null, may_be_value};
  if (leaf.op == CompareOp::kIsNotNull) return Possible{may_be_value, may_be_null};
  if (!may_be_value) return Possible{false, false};

  Possible out{false, false};
  if (leaf.op == CompareOp::kIn) {
    // That a row is outside all constants is not looked into.
    out.is_false = true;
  }
  for (const auto& scalar : leaf.constants) {
    if (scalar == nullptr || !scalar->is_valid) continue;  // never true, never false
    ARROW_ASSIGN_OR_RAISE(const auto constant, arrow::MakeArrayFromScalar(*scalar, 1));
    const Bounds bounds(column, *scalar->type);
    const bool below = bounds.MayBeBelow(*constant);
    const bool above = bounds.MayBeAbove(*constant);
    const bool equal = bounds.MayBeEqual(*constant);
    switch (leaf.op) {
      case CompareOp::kEqual:
        out = {equal, below || above};
        break;
      case CompareOp::kNotEqual:
        out = {below || above, equal};
        break;
      case CompareOp::kLess:
        out = {below, equal || above};
        break;
      case CompareOp::kLessOrEqual:
        out = {below || equal, above};
        break;
      case CompareOp::kGreater:
        out = {above, equal || below};
        break;
      case CompareOp::kGreaterOrEqual:
        out = {above || equal, below};
        break;
      case CompareOp::kIn:
        out.is_true = out.is_true || equal;
        break;
      default:
        return Possible{};
    }
  }
  return out;
}

Result<Possible> TreePossible(const Predicate& predicate, const StatsSource& stats,
                              int depth) {
  if (depth > kDepthMax) return Possible{};
  if (predicate.kind == Predicate::Kind::kLeaf) return LeafPossible(predicate, stats);
  if (predicate.kind == Predicate::Kind::kNot) {
    TARN_CHECK(predicate.children.size() == 1);
    ARROW_ASSIGN_OR_RAISE(const Possible child,
                          TreePossible(*predicate.children[0], stats, depth + 1));
    return Possible{child.is_false, child.is_true};
  }
  const bool is_and = predicate.kind == Predicate::Kind::kAnd;
  Possible out{is_and, !is_and};
  for (const PredicatePtr& child : predicate.children) {
    ARROW_ASSIGN_OR_RAISE(const Possible part, TreePossible(*child, stats, depth + 1));
    if (is_and) {
      out.is_true = out.is_true && part.is_true;
      out.is_false = out.is_false || part.is_false;
    } else {
      out.is_true = out.is_true || part.is_true;
      out.is_false = out.is_false && part.is_false;
    }
  }
  return out;
}

}  // namespace

Result<bool> MightMatch(const Predicate& predicate, const StatsSource& stats) {
  if (stats.row_count() == 0) return false;
  ARROW_ASSIGN_OR_RAISE(const Possible possible, TreePossible(predicate, stats, 0));
  return possible.is_true;
}

}  // namespace tarn::expr
