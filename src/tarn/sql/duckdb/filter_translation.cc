// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/duckdb/filter_translation.h"

#include <optional>

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_comparison_expression.hpp>
#include <duckdb/planner/expression/bound_conjunction_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_operator_expression.hpp>

#include "tarn/types/instant.h"

namespace tarn::sql {
namespace {

using duckdb::ExpressionType;
using types::TypeRoot;

struct Column {
  const types::DataField* field = nullptr;
};

class FilterTranslator {
 public:
  FilterTranslator(const duckdb::LogicalGet& get,
                   const std::vector<types::DataField>& fields)
      : get_(get), fields_(fields) {}

  expr::PredicatePtr Translate(const duckdb::Expression& filter) const {
    switch (filter.GetExpressionClass()) {
      case duckdb::ExpressionClass::BOUND_COMPARISON:
        return Comparison(filter.Cast<duckdb::BoundComparisonExpression>());
      case duckdb::ExpressionClass::BOUND_CONJUNCTION:
        return Conjunction(filter.Cast<duckdb::BoundConjunctionExpression>());
      case duckdb::ExpressionClass::BOUND_OPERATOR:
        return Operator(filter.Cast<duckdb::BoundOperatorExpression>());
      default:
        return nullptr;
    }
  }

 private:
  const types::DataField* ColumnOf(const duckdb::Expression& expression) const {
    if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_COLUMN_REF) {
      return nullptr;
    }
    const auto& reference = expression.Cast<duckdb::BoundColumnRefExpression>();
    if (reference.depth != 0 || reference.binding.table_index != get_.table_index) {
      return nullptr;
    }
    const auto& ids = get_.GetColumnIds();
    if (reference.binding.column_index >= ids.size()) return nullptr;
    const duckdb::idx_t id = ids[reference.binding.column_index].GetPrimaryIndex();
    return id < fields_.size() ? &fields_[id] : nullptr;
  }

  // The constant in the column's own Arrow type; nullptr where it has no exact form.
  static std::shared_ptr<arrow::Scalar> ConstantOf(const duckdb::Expression& expression,
                                                   const types::DataType& type) {
    if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_CONSTANT) {
      return nullptr;
    }
    const duckdb::Value& value = expression.Cast<duckdb::BoundConstantExpression>().value;
    if (value.IsNull()) return nullptr;
    const duckdb::LogicalTypeId id = value.type().id();
    switch (type.root()) {
      case TypeRoot::kBoolean:
        if (id != duckdb::LogicalTypeId::BOOLEAN) return nullptr;
        return std::make_shared<arrow::BooleanScalar>(value.GetValue<bool>());
      case TypeRoot::kTinyInt:
        if (id != duckdb::LogicalTypeId::TINYINT) return nullptr;
        return std::make_shared<arrow::Int8Scalar>(value.GetValue<int8_t>());
      case TypeRoot::kSmallInt:
        if (id != duckdb::LogicalTypeId::SMALLINT) return nullptr;
        return std::make_shared<arrow::Int16Scalar>(value.GetValue<int16_t>());
      case TypeRoot::kInt:
        if (id != duckdb::LogicalTypeId::INTEGER) return nullptr;
        return std::make_shared<arrow::Int32Scalar>(value.GetValue<int32_t>());
      case TypeRoot::kBigInt:
        if (id != duckdb::LogicalTypeId::BIGINT) return nullptr;
        return std::make_shared<arrow::Int64Scalar>(value.GetValue<int64_t>());
      case TypeRoot::kDate:
        if (id != duckdb::LogicalTypeId::DATE) return nullptr;
        return std::make_shared<arrow::Date32Scalar>(
            value.GetValue<duckdb::date_t>().days);
      case TypeRoot::kChar:
      case TypeRoot::kVarChar:
        if (id != duckdb::LogicalTypeId::VARCHAR) return nullptr;
        return std::make_shared<arrow::StringScalar>(duckdb::StringValue::Get(value));
      case TypeRoot::kDecimal:
        return DecimalOf(value, type.precision(), type.scale());
      case TypeRoot::kTimestamp:
      case TypeRoot::kLocalZonedTimestamp:
        if (!types::IsFineTimestamp(type)) return nullptr;
        return DecimalOf(value, types::kFineDigits, types::kFineScale);
      default:
        return nullptr;
    }
  }

  static std::shared_ptr<arrow::Scalar> DecimalOf(const duckdb::Value& value,
                                                  int32_t precision, int32_t scale) {
    if (value.type().id() != duckdb::LogicalTypeId::DECIMAL ||
        duckdb::DecimalType::GetScale(value.type()) != scale ||
        duckdb::DecimalType::GetWidth(value.type()) != precision) {
      return nullptr;
    }
    arrow::Decimal128 parsed;
    int32_t digits = 0;
    int32_t digits_behind = 0;
    if (!arrow::Decimal128::FromString(value.ToString(), &parsed, &digits, &digits_behind)
             .ok() ||
        digits_behind != scale) {
      return nullptr;
    }
    return std::make_shared<arrow::Decimal128Scalar>(parsed,
                                                     arrow::decimal128(precision, scale));
  }

  static std::optional<expr::CompareOp> OpOf(ExpressionType type) {
    switch (type) {
      case ExpressionType::COMPARE_EQUAL:
        return expr::CompareOp::kEqual;
      case ExpressionType::COMPARE_NOTEQUAL:
        return expr::CompareOp::kNotEqual;
      case ExpressionType::COMPARE_LESSTHAN:
        return expr::CompareOp::kLess;
      case ExpressionType::COMPARE_LESSTHANOREQUALTO:
        return expr::CompareOp::kLessOrEqual;
      case ExpressionType::COMPARE_GREATERTHAN:
        return expr::CompareOp::kGreater;
      case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
        return expr::CompareOp::kGreaterOrEqual;
      default:
        return std::nullopt;
    }
  }

  expr::PredicatePtr Comparison(const duckdb::BoundComparisonExpression& filter) const {
    ExpressionType type = filter.GetExpressionType();
    const types::DataField* field = ColumnOf(*filter.left);
    const duckdb::Expression* constant = filter.right.get();
    if (field == nullptr) {
      field = ColumnOf(*filter.right);
      constant = filter.left.get();
      type = duckdb::FlipComparisonExpression(type);
    }
    if (field == nullptr) return nullptr;
    const auto op = OpOf(type);
    if (!op) return nullptr;
    auto scalar = ConstantOf(*constant, field->type);
    if (scalar == nullptr) return nullptr;
    return expr::Leaf(field->name, *op, {std::move(scalar)});
  }

  expr::PredicatePtr Conjunction(const duckdb::BoundConjunctionExpression& filter) const {
    const bool conjunction =
        filter.GetExpressionType() == ExpressionType::CONJUNCTION_AND;
    std::vector<expr::PredicatePtr> children;
    for (const auto& child : filter.children) {
      expr::PredicatePtr translated = Translate(*child);
      if (translated != nullptr) {
        children.push_back(std::move(translated));
      } else if (!conjunction) {
        return nullptr;
      }
    }
    if (children.empty()) return nullptr;
    return conjunction ? expr::And(std::move(children)) : expr::Or(std::move(children));
  }

  expr::PredicatePtr Operator(const duckdb::BoundOperatorExpression& filter) const {
    const ExpressionType type = filter.GetExpressionType();
    if (filter.children.empty()) return nullptr;
    const types::DataField* field = ColumnOf(*filter.children[0]);
    if (field == nullptr) return nullptr;
    if (type == ExpressionType::OPERATOR_IS_NULL) {
      return expr::Leaf(field->name, expr::CompareOp::kIsNull, {});
    }
    if (type == ExpressionType::OPERATOR_IS_NOT_NULL) {
      return expr::Leaf(field->name, expr::CompareOp::kIsNotNull, {});
    }
    if (type != ExpressionType::COMPARE_IN) return nullptr;
    std::vector<std::shared_ptr<arrow::Scalar>> constants;
    for (size_t i = 1; i < filter.children.size(); ++i) {
      auto scalar = ConstantOf(*filter.children[i], field->type);
      if (scalar == nullptr) return nullptr;
      constants.push_back(std::move(scalar));
    }
    return expr::Leaf(field->name, expr::CompareOp::kIn, std::move(constants));
  }

  const duckdb::LogicalGet& get_;
  const std::vector<types::DataField>& fields_;
};

}  // namespace

expr::PredicatePtr TranslateFilter(const duckdb::Expression& filter,
                                   const duckdb::LogicalGet& get,
                                   const std::vector<types::DataField>& fields,
                                   const arrow::Schema&) {
  return FilterTranslator(get, fields).Translate(filter);
}

}  // namespace tarn::sql
