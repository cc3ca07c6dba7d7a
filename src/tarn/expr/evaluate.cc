// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string_view>
#include <type_traits>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "tarn/expr/compare_values.h"
#include "tarn/expr/predicate.h"

namespace tarn::expr {
namespace {

/// Depth of a predicate beyond which it is refused: it may come from a client.
constexpr int kDepthMax = 256;

/// SQL's three values, one byte per row.
enum Truth : uint8_t { kFalse = 0, kTrue = 1, kNull = 2 };
using Truths = std::vector<uint8_t>;

/// One order for comparisons in predicates, DuckDB's and SQL's: NaN equals NaN and is
/// greater than all; -0.0 equals 0.0.
template <typename T>
int Order(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    const bool a_nan = std::isnan(a), b_nan = std::isnan(b);
    if (a_nan || b_nan) return static_cast<int>(a_nan) - static_cast<int>(b_nan);
  }
  return a < b ? -1 : (b < a ? 1 : 0);
}

bool Holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEqual:
      return order == 0;
    case CompareOp::kNotEqual:
      return order != 0;
    case CompareOp::kLess:
      return order < 0;
    case CompareOp::kLessOrEqual:
      return order <= 0;
    case CompareOp::kGreater:
      return order > 0;
    case CompareOp::kGreaterOrEqual:
      return order >= 0;
    default:
      return false;
  }
}

/// Compare a column with constants through `value(row)`.
template <typename Value, typename At>
Truths CompareColumn(const arrow::Array& column, CompareOp op,
                     const std::vector<Value>& constants, bool has_null_constant,
                     const At& value) {
  Truths out(static_cast<size_t>(column.length()));
  for (int64_t row = 0; row < column.length(); ++row) {
    uint8_t& truth = out[static_cast<size_t>(row)];
    if (column.IsNull(row)) {
      truth = kNull;
    } else if (op == CompareOp::kIn) {
      // x IN (...) with a NULL among the constants is true or unknown, never false.
      truth = has_null_constant ? kNull : kFalse;
      const Value cell = value(row);
      for (const Value& constant : constants) {
        if (Order<Value>(cell, constant) == 0) truth = kTrue;
      }
    } else if (has_null_constant) {
      truth = kNull;
    } else {
      truth = Holds(op, Order<Value>(value(row), constants.front())) ? kTrue : kFalse;
    }
  }
  return out;
}

template <typename ArrayType>
Truths CompareTyped(const arrow::Array& column, CompareOp op,
                    const std::vector<std::shared_ptr<arrow::Array>>& constants,
                    bool has_null_constant) {
  const auto& typed = static_cast<const ArrayType&>(column);
  const auto at = [](const ArrayType& array, int64_t i) {
    if constexpr (std::is_same_v<ArrayType, arrow::Decimal128Array>) {
      return arrow::Decimal128(array.Value(i));
    } else {
      return array.GetView(i);
    }
  };
  using Value = decltype(at(typed, 0));
  std::vector<Value> values;
  for (const auto& constant : constants) {
    values.push_back(at(static_cast<const ArrayType&>(*constant), 0));
  }
  return CompareColumn<Value>(column, op, values, has_null_constant,
                              [&](int64_t row) { return at(typed, row); });
}

Result<Truths> CompareAny(const arrow::Array& column, CompareOp op,
                          const std::vector<std::shared_ptr<arrow::Array>>& constants,
                          bool has_null) {
#define TARN_CASE(TYPE, ArrayType) \
  case arrow::Type::TYPE:          \
    return CompareTyped<ArrayType>(column, op, constants, has_null)
  switch (column.type_id()) {
    TARN_CASE(BOOL, arrow::BooleanArray);
    TARN_CASE(INT8, arrow::Int8Array);
    TARN_CASE(INT16, arrow::Int16Array);
    TARN_CASE(INT32, arrow::Int32Array);
    TARN_CASE(INT64, arrow::Int64Array);
    TARN_CASE(DATE32, arrow::Date32Array);
    TARN_CASE(TIME32, arrow::Time32Array);
    TARN_CASE(TIMESTAMP, arrow::TimestampArray);
    TARN_CASE(FLOAT, arrow::FloatArray);
    TARN_CASE(DOUBLE, arrow::DoubleArray);
    TARN_CASE(STRING, arrow::BinaryArray);
    TARN_CASE(BINARY, arrow::BinaryArray);
    TARN_CASE(DECIMAL128, arrow::Decimal128Array);
    default:
      return InvalidInput(
          1151, "Column cannot be compared:", V("type", column.type()->ToString()));
  }
#undef TARN_CASE
}

Result<Truths> EvaluateLeaf(const Predicate& leaf, const arrow::RecordBatch& batch) {
  const std::shared_ptr<arrow::Array> column = batch.GetColumnByName(leaf.column);
  if (column == nullptr) {
    return InvalidInput(
        1152, "Predicate uses a column that is not read:", V("column", leaf.column));
  }
  if (leaf.op == CompareOp::kIsNull || leaf.op == CompareOp::kIsNotNull) {
    Truths out(static_cast<size_t>(column->length()));
    const bool wanted = leaf.op == CompareOp::kIsNull;
    for (int64_t row = 0; row < column->length(); ++row) {
      out[static_cast<size_t>(row)] = column->IsNull(row) == wanted ? kTrue : kFalse;
    }
    return out;
  }
  std::vector<std::shared_ptr<arrow::Array>> constants;
  bool has_null = false;
  for (const auto& scalar : leaf.constants) {
    if (scalar == nullptr || !scalar->is_valid) {
      has_null = true;
      continue;
    }
    if (!scalar->type->Equals(*column->type())) {
      return InvalidInput(
          1153, "Constant has another type than its column:", V("column", leaf.column),
          V("type", column->type()->ToString()), V("constant", scalar->type->ToString()));
    }
    ARROW_ASSIGN_OR_RAISE(constants.emplace_back(),
                          arrow::MakeArrayFromScalar(*scalar, 1));
  }
  if (leaf.op != CompareOp::kIn && leaf.constants.size() != 1) {
    return InvalidInput(1154, "Comparison needs one constant:", V("column", leaf.column),
                        V("constants", leaf.constants.size()));
  }
  return CompareAny(*column, leaf.op, constants, has_null);
}

Result<Truths> EvaluateTree(const Predicate& predicate, const arrow::RecordBatch& batch,
                            int depth) {
  if (depth > kDepthMax) {
    return InvalidInput(1155, "Predicate is nested too deeply:", V("depth", depth));
  }
  if (predicate.kind == Predicate::Kind::kLeaf) return EvaluateLeaf(predicate, batch);
  if (predicate.kind == Predicate::Kind::kNot) {
    TARN_CHECK(predicate.children.size() == 1);
    ARROW_ASSIGN_OR_RAISE(Truths out,
                          EvaluateTree(*predicate.children[0], batch, depth + 1));
    for (uint8_t& truth : out) {
      if (truth != kNull) truth ^= 1;
    }
    return out;
  }
  const bool is_and = predicate.kind == Predicate::Kind::kAnd;
  Truths out(static_cast<size_t>(batch.num_rows()), is_and ? kTrue : kFalse);
  const uint8_t decided = is_and ? kFalse : kTrue;
  for (const PredicatePtr& child : predicate.children) {
    ARROW_ASSIGN_OR_RAISE(const Truths part, EvaluateTree(*child, batch, depth + 1));
    for (size_t row = 0; row < out.size(); ++row) {
      if (out[row] == decided || part[row] == decided) {
        out[row] = decided;
      } else if (part[row] == kNull) {
        out[row] = kNull;
      }
    }
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<arrow::BooleanArray>> Evaluate(const Predicate& predicate,
                                                      const arrow::RecordBatch& batch) {
  ARROW_ASSIGN_OR_RAISE(const Truths truths, EvaluateTree(predicate, batch, 0));
  arrow::BooleanBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(batch.num_rows()));
  for (const uint8_t truth : truths) builder.UnsafeAppend(truth == kTrue);
  std::shared_ptr<arrow::BooleanArray> out;
  ARROW_RETURN_NOT_OK(builder.Finish(&out));
  return out;
}

}  // namespace tarn::expr
