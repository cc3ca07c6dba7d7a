// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <type_traits>

#include <arrow/util/decimal.h>

#include "tarn/sql/duckdb/flink_functions.h"
#include "tarn/sql/duckdb/vector_access.h"

namespace tarn::sql {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::hugeint_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

[[noreturn]] void DivisionByZero() {
  throw duckdb::InvalidInputException("Division by zero");
}

// ---- integers

template <typename T, bool kModulo>
void DivideIntegers(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<T> left(arguments.data[0], arguments.size());
  ArgumentColumn<T> right(arguments.data[1], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    if (right[row] == 0) DivisionByZero();
    if (right[row] == -1) {
      // Java wraps at the smallest value, where the machine would trap.
      using Unsigned = std::make_unsigned_t<T>;
      out[row] =
          kModulo ? T{0} : static_cast<T>(Unsigned{0} - static_cast<Unsigned>(left[row]));
      return;
    }
    out[row] = static_cast<T>(kModulo ? left[row] % right[row] : left[row] / right[row]);
  });
}

template <bool kModulo>
duckdb::scalar_function_t IntegerDivision(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::TINYINT:
      return DivideIntegers<int8_t, kModulo>;
    case LogicalTypeId::SMALLINT:
      return DivideIntegers<int16_t, kModulo>;
    case LogicalTypeId::INTEGER:
      return DivideIntegers<int32_t, kModulo>;
    default:
      return DivideIntegers<int64_t, kModulo>;
  }
}

// ---- floats

template <typename T, bool kModulo>
void DivideFloats(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<T> left(arguments.data[0], arguments.size());
  ArgumentColumn<T> right(arguments.data[1], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    out[row] = kModulo ? std::fmod(left[row], right[row]) : left[row] / right[row];
  });
}

// ---- decimals

arrow::Decimal256 Widen(hugeint_t value) {
  return arrow::Decimal256(arrow::Decimal128(value.upper, value.lower));
}

// value / 10^drop, half up away from zero; drop >= 0.
arrow::Decimal256 RoundHalfUp(const arrow::Decimal256& dividend,
                              const arrow::Decimal256& divisor) {
  arrow::Decimal256 positive = arrow::Decimal256::Abs(dividend);
  arrow::Decimal256 by = arrow::Decimal256::Abs(divisor);
  const bool negative =
      (dividend < arrow::Decimal256(0)) != (divisor < arrow::Decimal256(0));
  arrow::Decimal256 quotient;
  arrow::Decimal256 remainder;
  const auto divided = positive.Divide(by);
  if (!divided.ok()) DivisionByZero();
  quotient = divided->first;
  remainder = divided->second;
  if (remainder + remainder >= by) quotient += arrow::Decimal256(1);
  return negative ? -quotient : quotient;
}

// false: more digits than `precision`.
bool Narrow(const arrow::Decimal256& value, int precision, hugeint_t* out) {
  if (!value.FitsInPrecision(precision)) return false;
  const auto words = value.little_endian_array();
  out->lower = words[0];
  out->upper = static_cast<int64_t>(words[1]);
  return true;
}

struct DecimalShape final : duckdb::FunctionData {
  int left_scale = 0, right_scale = 0, precision = 38, scale = 0;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<DecimalShape>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& that = other.Cast<DecimalShape>();
    return left_scale == that.left_scale && right_scale == that.right_scale &&
           precision == that.precision && scale == that.scale;
  }
};

const DecimalShape& ShapeOf(ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>()
      .bind_info->Cast<DecimalShape>();
}

void DivideDecimals(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const DecimalShape& shape = ShapeOf(state);
  ArgumentColumn<hugeint_t> left(arguments.data[0], arguments.size());
  ArgumentColumn<hugeint_t> right(arguments.data[1], arguments.size());
  const int shift = shape.scale + shape.right_scale - shape.left_scale;
  const arrow::Decimal256 up(arrow::Decimal256::GetScaleMultiplier(std::max(shift, 0)));
  const arrow::Decimal256 down(
      arrow::Decimal256::GetScaleMultiplier(std::max(-shift, 0)));
  ForEachRow(arguments, result, [&](idx_t row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    if (right[row] == hugeint_t(0)) DivisionByZero();
    hugeint_t value;
    if (Narrow(RoundHalfUp(Widen(left[row]) * up, Widen(right[row]) * down),
               shape.precision, &value)) {
      StoreDecimal(result, row, value);
    } else {
      duckdb::FlatVector::SetNull(result, row, true);
    }
  });
}

void ModuloDecimals(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const DecimalShape& shape = ShapeOf(state);
  ArgumentColumn<hugeint_t> left(arguments.data[0], arguments.size());
  ArgumentColumn<hugeint_t> right(arguments.data[1], arguments.size());
  const arrow::Decimal256 left_up(
      arrow::Decimal256::GetScaleMultiplier(shape.scale - shape.left_scale));
  const arrow::Decimal256 right_up(
      arrow::Decimal256::GetScaleMultiplier(shape.scale - shape.right_scale));
  ForEachRow(arguments, result, [&](idx_t row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    if (right[row] == hugeint_t(0)) DivisionByZero();
    const arrow::Decimal256 dividend(Widen(left[row]) * left_up);
    const auto divided = dividend.Divide(arrow::Decimal256(Widen(right[row]) * right_up));
    hugeint_t value;
    if (divided.ok() && Narrow(divided->second, shape.precision, &value)) {
      StoreDecimal(result, row, value);
    } else {
      duckdb::FlatVector::SetNull(result, row, true);
    }
  });
}

// Flink's `LogicalTypeMerging.adjustPrecisionScale`.
void Adjust(int* precision, int* scale) {
  if (*precision <= 38) return;
  const int digits = *precision - *scale;
  const int least = std::min(*scale, 6);
  *scale = std::max(38 - digits, least);
  *precision = 38;
}

LogicalType AsDecimal(const LogicalType& type) {
  return type.id() == LogicalTypeId::DECIMAL ? type : DecimalOfInteger(type);
}

bool IsFloat(const LogicalType& type) {
  return type.id() == LogicalTypeId::FLOAT || type.id() == LogicalTypeId::DOUBLE;
}

bool IsNumber(const LogicalType& type) {
  return IsIntegerType(type) || IsFloat(type) || type.id() == LogicalTypeId::DECIMAL;
}

void CheckNumbers(const char* what, const LogicalType& left, const LogicalType& right) {
  const auto fits = [](const LogicalType& type) {
    return IsNumber(type) || type.id() == LogicalTypeId::SQLNULL;
  };
  if (fits(left) && fits(right)) return;
  throw duckdb::BinderException("%s takes numbers, found %s and %s", what,
                                left.ToString(), right.ToString());
}

template <bool kModulo>
duckdb::unique_ptr<duckdb::FunctionData> BindDivision(duckdb::ClientContext&,
                                                      duckdb::ScalarFunction& function,
                                                      Arguments& arguments) {
  LogicalType left = arguments[0]->return_type;
  LogicalType right = arguments[1]->return_type;
  CheckNumbers(kModulo ? "%" : "/", left, right);
  if (left.id() == LogicalTypeId::SQLNULL) left = LogicalType::INTEGER;
  if (right.id() == LogicalTypeId::SQLNULL) right = LogicalType::INTEGER;
  if (IsIntegerType(left) && IsIntegerType(right)) {
    const LogicalType wider = left.id() > right.id() ? left : right;
    function.arguments = {wider, wider};
    function.return_type = wider;
    function.function = IntegerDivision<kModulo>(wider);
    return nullptr;
  }
  if (IsFloat(left) || IsFloat(right)) {
    const bool single =
        left.id() == LogicalTypeId::FLOAT && right.id() == LogicalTypeId::FLOAT;
    const LogicalType type = single ? LogicalType::FLOAT : LogicalType::DOUBLE;
    function.arguments = {type, type};
    function.return_type = type;
    if (single) {
      function.function = DivideFloats<float, kModulo>;
    } else {
      function.function = DivideFloats<double, kModulo>;
    }
    return nullptr;
  }
  left = AsDecimal(left);
  right = AsDecimal(right);
  const int p1 = duckdb::DecimalType::GetWidth(left);
  const int s1 = duckdb::DecimalType::GetScale(left);
  const int p2 = duckdb::DecimalType::GetWidth(right);
  const int s2 = duckdb::DecimalType::GetScale(right);
  auto shape = duckdb::make_uniq<DecimalShape>();
  shape->left_scale = s1;
  shape->right_scale = s2;
  if (kModulo) {
    shape->scale = std::max(s1, s2);
    shape->precision = std::min(38, std::min(p1 - s1, p2 - s2) + shape->scale);
  } else {
    shape->scale = std::max(6, s1 + p2 + 1);
    shape->precision = p1 - s1 + s2 + shape->scale;
    Adjust(&shape->precision, &shape->scale);
  }
  function.arguments = {LogicalType::DECIMAL(38, static_cast<uint8_t>(s1)),
                        LogicalType::DECIMAL(38, static_cast<uint8_t>(s2))};
  function.return_type =
      LogicalType::DECIMAL(static_cast<uint8_t>(std::max(shape->precision, 1)),
                           static_cast<uint8_t>(shape->scale));
  if (kModulo) {
    function.function = ModuloDecimals;
  } else {
    function.function = DivideDecimals;
  }
  return shape;
}

// ---- aggregates: the type of the third argument, the value of the others

void PassFirst(DataChunk& arguments, ExpressionState&, Vector& result) {
  result.Reference(arguments.data[0]);
}

duckdb::unique_ptr<duckdb::FunctionData> BindSum(duckdb::ClientContext&,
                                                 duckdb::ScalarFunction& function,
                                                 Arguments& arguments) {
  const LogicalType type = arguments[1]->return_type;
  if (!IsNumber(type)) {
    throw duckdb::BinderException("SUM takes numbers, found %s", type.ToString());
  }
  // The cast of the argument refuses a sum that Flink would wrap.
  function.return_type =
      type.id() == LogicalTypeId::DECIMAL
          ? LogicalType::DECIMAL(38, duckdb::DecimalType::GetScale(type))
          : type;
  function.arguments = {function.return_type, type};
  function.function = PassFirst;
  return nullptr;
}

template <typename T>
void AverageIntegers(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<hugeint_t> sum(arguments.data[0], arguments.size());
  ArgumentColumn<int64_t> count(arguments.data[1], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (sum.IsNull(row) || count.IsNull(row) || count[row] == 0) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    // Flink sums in BIGINT; a sum beyond it would have wrapped there.
    int64_t small = 0;
    if (!duckdb::Hugeint::TryCast(sum[row], small)) {
      throw duckdb::OutOfRangeException("The sum of an AVG does not fit BIGINT");
    }
    out[row] = static_cast<T>(small / count[row]);
  });
}

void AverageFloats(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<double> sum(arguments.data[0], arguments.size());
  ArgumentColumn<int64_t> count(arguments.data[1], arguments.size());
  double* out = FlatResult<double>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (sum.IsNull(row) || count[row] == 0) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = sum[row] / static_cast<double>(count[row]);
    }
  });
}

void AverageSingles(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<double> sum(arguments.data[0], arguments.size());
  ArgumentColumn<int64_t> count(arguments.data[1], arguments.size());
  float* out = FlatResult<float>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (sum.IsNull(row) || count[row] == 0) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = static_cast<float>(sum[row] / static_cast<double>(count[row]));
    }
  });
}

void AverageDecimals(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const DecimalShape& shape = ShapeOf(state);
  ArgumentColumn<hugeint_t> sum(arguments.data[0], arguments.size());
  ArgumentColumn<int64_t> count(arguments.data[1], arguments.size());
  const arrow::Decimal256 up(
      arrow::Decimal256::GetScaleMultiplier(shape.scale - shape.left_scale));
  ForEachRow(arguments, result, [&](idx_t row) {
    hugeint_t value;
    if (!sum.IsNull(row) && count[row] != 0 &&
        Narrow(RoundHalfUp(Widen(sum[row]) * up, arrow::Decimal256(count[row])), 38,
               &value)) {
      StoreDecimal(result, row, value);
    } else {
      duckdb::FlatVector::SetNull(result, row, true);
    }
  });
}

duckdb::unique_ptr<duckdb::FunctionData> BindAverage(duckdb::ClientContext&,
                                                     duckdb::ScalarFunction& function,
                                                     Arguments& arguments) {
  const LogicalType type = arguments[2]->return_type;
  if (!IsNumber(type)) {
    throw duckdb::BinderException("AVG takes numbers, found %s", type.ToString());
  }
  function.return_type = type;
  if (IsIntegerType(type)) {
    function.arguments = {LogicalType::HUGEINT, LogicalType::BIGINT, type};
    switch (type.id()) {
      case LogicalTypeId::TINYINT:
        function.function = AverageIntegers<int8_t>;
        break;
      case LogicalTypeId::SMALLINT:
        function.function = AverageIntegers<int16_t>;
        break;
      case LogicalTypeId::INTEGER:
        function.function = AverageIntegers<int32_t>;
        break;
      default:
        function.function = AverageIntegers<int64_t>;
    }
    return nullptr;
  }
  if (IsFloat(type)) {
    function.arguments = {LogicalType::DOUBLE, LogicalType::BIGINT, type};
    if (type.id() == LogicalTypeId::FLOAT) {
      function.function = AverageSingles;
    } else {
      function.function = AverageFloats;
    }
    return nullptr;
  }
  auto shape = duckdb::make_uniq<DecimalShape>();
  shape->left_scale = duckdb::DecimalType::GetScale(type);
  shape->scale = std::max(6, shape->left_scale);
  function.arguments = {LogicalType::DECIMAL(38, static_cast<uint8_t>(shape->left_scale)),
                        LogicalType::BIGINT, type};
  function.return_type = LogicalType::DECIMAL(38, static_cast<uint8_t>(shape->scale));
  function.function = AverageDecimals;
  return shape;
}

duckdb::ScalarFunction Make(const char* name, size_t arguments,
                            duckdb::bind_scalar_function_t bind) {
  duckdb::vector<LogicalType> types(arguments, LogicalType::ANY);
  duckdb::ScalarFunction function(name, std::move(types), LogicalType::ANY, nullptr,
                                  bind);
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  return function;
}

}  // namespace

void RegisterArithmetic(duckdb::ExtensionLoader* loader) {
  auto divide = Make("tarn_div", 2, BindDivision<false>);
  divide.SetFallible();
  loader->RegisterFunction(divide);
  auto modulo = Make("tarn_mod", 2, BindDivision<true>);
  modulo.SetFallible();
  loader->RegisterFunction(modulo);
  loader->RegisterFunction(Make("tarn_sum", 2, BindSum));
  loader->RegisterFunction(Make("tarn_avg", 3, BindAverage));
}

}  // namespace tarn::sql
