// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

#include <arrow/util/decimal.h>

#include "tarn/base/name.h"
#include "tarn/sql/duckdb/flink_functions.h"
#include "tarn/sql/duckdb/vector_access.h"
#include "tarn/types/java_text.h"

namespace tarn::sql {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::hugeint_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::string_t;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;
using Bound = duckdb::unique_ptr<duckdb::FunctionData>;

std::string_view TextOf(const string_t& text) {
  return {text.GetData(), text.GetSize()};
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

[[noreturn]] void BadText(std::string_view text, const char* type) {
  throw duckdb::ConversionException("'%s' cannot be cast to %s", std::string(text), type);
}

void CopyFirst(DataChunk& arguments, ExpressionState&, Vector& result) {
  result.Reference(arguments.data[0]);
}

// Let DuckDB cast the first argument to `type` and answer it.
void LetDuckDbCast(duckdb::ScalarFunction* function, const LogicalType& type) {
  function->arguments[0] = type;
  function->return_type = type;
  function->function = CopyFirst;
}

// ---- integers

template <typename T>
struct IntegerName;
template <>
struct IntegerName<int8_t> {
  static constexpr const char* kName = "TINYINT";
  static constexpr LogicalTypeId kId = LogicalTypeId::TINYINT;
};
template <>
struct IntegerName<int16_t> {
  static constexpr const char* kName = "SMALLINT";
  static constexpr LogicalTypeId kId = LogicalTypeId::SMALLINT;
};
template <>
struct IntegerName<int32_t> {
  static constexpr const char* kName = "INT";
  static constexpr LogicalTypeId kId = LogicalTypeId::INTEGER;
};
template <>
struct IntegerName<int64_t> {
  static constexpr const char* kName = "BIGINT";
  static constexpr LogicalTypeId kId = LogicalTypeId::BIGINT;
};

// Java's narrowing of a double: saturated to INT or BIGINT, NaN is 0, then cut to bytes.
template <typename T>
T JavaNarrow(double value) {
  using Wide = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  if (std::isnan(value)) return 0;
  if (value >= static_cast<double>(std::numeric_limits<Wide>::max())) {
    return static_cast<T>(std::numeric_limits<Wide>::max());
  }
  if (value <= static_cast<double>(std::numeric_limits<Wide>::min())) {
    return static_cast<T>(std::numeric_limits<Wide>::min());
  }
  return static_cast<T>(static_cast<Wide>(value));
}

template <typename T>
void FloatToInteger(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<double> in(arguments.data[0], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = JavaNarrow<T>(in[row]);
    }
  });
}

// "[+-]digits[.digits]": the fraction is checked and dropped, as Flink does.
template <typename T>
T IntegerOfText(std::string_view whole) {
  std::string_view text = Trimmed(whole);
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const size_t dot = digits.find('.');
  std::string_view fraction;
  if (dot != std::string_view::npos) {
    fraction = digits.substr(dot + 1);
    digits = digits.substr(0, dot);
  }
  for (char c : fraction) {
    if (c < '0' || c > '9') BadText(whole, IntegerName<T>::kName);
  }
  if (digits.empty()) BadText(whole, IntegerName<T>::kName);
  const std::string signed_digits = (negative ? "-" : "") + std::string(digits);
  T value = 0;
  const char* end = signed_digits.data() + signed_digits.size();
  const auto [stop, error] = std::from_chars(signed_digits.data(), end, value);
  if (error != std::errc() || stop != end) BadText(whole, IntegerName<T>::kName);
  return value;
}

template <typename T>
void TextToInteger(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<string_t> in(arguments.data[0], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = IntegerOfText<T>(TextOf(in[row]));
    }
  });
}

struct ScaleInfo final : duckdb::FunctionData {
  int from = 0, precision = 38, to = 0;
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<ScaleInfo>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& that = other.Cast<ScaleInfo>();
    return from == that.from && to == that.to && precision == that.precision;
  }
};

const ScaleInfo& ScaleOf(ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<ScaleInfo>();
}

template <typename T>
void DecimalToInteger(DataChunk& arguments, ExpressionState& state, Vector& result) {
  ArgumentColumn<hugeint_t> in(arguments.data[0], arguments.size());
  T* out = FlatResult<T>(result);
  const hugeint_t by = duckdb::Hugeint::POWERS_OF_TEN[ScaleOf(state).from];
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    // BigDecimal.longValue, narrowed as Java narrows: the low bits.
    out[row] = static_cast<T>((in[row] / by).lower);
  });
}

template <typename T>
void NarrowInteger(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<int64_t> in(arguments.data[0], arguments.size());
  T* out = FlatResult<T>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = static_cast<T>(in[row]);
    }
  });
}

template <typename T>
Bound BindInteger(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                  Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  const LogicalType to(IntegerName<T>::kId);
  function.return_type = to;
  switch (from.id()) {
    case LogicalTypeId::VARCHAR:
      function.arguments = {from};
      function.function = TextToInteger<T>;
      return nullptr;
    case LogicalTypeId::FLOAT:
    case LogicalTypeId::DOUBLE:
      function.arguments = {LogicalType::DOUBLE};
      function.function = FloatToInteger<T>;
      return nullptr;
    case LogicalTypeId::DECIMAL: {
      auto info = duckdb::make_uniq<ScaleInfo>();
      info->from = duckdb::DecimalType::GetScale(from);
      function.arguments = {LogicalType::DECIMAL(38, static_cast<uint8_t>(info->from))};
      function.function = DecimalToInteger<T>;
      return info;
    }
    case LogicalTypeId::SQLNULL:
    case LogicalTypeId::BOOLEAN:
      LetDuckDbCast(&function, to);
      return nullptr;
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
      function.arguments = {LogicalType::BIGINT};
      function.function = NarrowInteger<T>;
      return nullptr;
    default:
      throw duckdb::BinderException("Flink does not cast %s to %s", from.ToString(),
                                    IntegerName<T>::kName);
  }
}

// ---- text

std::string TextOfTimestamp(int64_t value, int64_t per_second, int precision) {
  const int64_t per_milli = std::max<int64_t>(per_second / 1000, 1);
  types::MillisAndNanos at;
  if (per_second == 1) {
    at.millis = value * 1000;
  } else {
    at.millis = value / per_milli - (value % per_milli < 0 ? 1 : 0);
    at.nanos =
        static_cast<int32_t>((value - at.millis * per_milli) * (1000000 / per_milli));
  }
  return types::FormatTimestamp(at, precision);
}

template <typename T, typename Format>
void FormatColumn(DataChunk& arguments, Vector& result, Format format) {
  ArgumentColumn<T> in(arguments.data[0], arguments.size());
  string_t* out = FlatResult<string_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = duckdb::StringVector::AddString(result, format(in[row]));
    }
  });
}

template <int64_t kPerSecond, int kPrecision>
void TimestampToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<int64_t>(arguments, result, [](int64_t value) {
    return TextOfTimestamp(value, kPerSecond, kPrecision);
  });
}

void BooleanToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<bool>(arguments, result,
                     [](bool value) { return std::string(value ? "TRUE" : "FALSE"); });
}
void DoubleToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<double>(arguments, result, types::JavaDouble);
}
void FloatToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<float>(arguments, result, types::JavaFloat);
}
void TimeToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<int64_t>(arguments, result, [](int64_t micros) {
    if (micros % 1000000 != 0) {
      throw duckdb::NotImplementedException(
          "CAST of a TIME with a fraction to STRING is not supported yet");
    }
    const int64_t seconds = micros / 1000000;
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                       seconds % 60);
  });
}
void BytesToText(DataChunk& arguments, ExpressionState&, Vector& result) {
  FormatColumn<string_t>(arguments, result, [](const string_t& bytes) {
    if (!base::IsUtf8(TextOf(bytes))) {
      throw duckdb::ConversionException(
          "Bytes that are not UTF-8 cannot be cast to STRING");
    }
    return std::string(TextOf(bytes));
  });
}

// Set `function` up to turn `from` into Flink's text.
void BindText(duckdb::ScalarFunction* function, const LogicalType& from) {
  function->return_type = LogicalType::VARCHAR;
  function->arguments[0] = from;
  switch (from.id()) {
    case LogicalTypeId::SQLNULL:
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::DECIMAL:
    case LogicalTypeId::DATE:
      LetDuckDbCast(function, LogicalType::VARCHAR);
      return;
    case LogicalTypeId::BOOLEAN:
      function->function = BooleanToText;
      return;
    case LogicalTypeId::DOUBLE:
      function->function = DoubleToText;
      return;
    case LogicalTypeId::FLOAT:
      function->function = FloatToText;
      return;
    case LogicalTypeId::TIME:
      function->function = TimeToText;
      return;
    case LogicalTypeId::TIMESTAMP_SEC:
      function->function = TimestampToText<1, 0>;
      return;
    case LogicalTypeId::TIMESTAMP_MS:
      function->function = TimestampToText<1000, 3>;
      return;
    case LogicalTypeId::TIMESTAMP:
      function->function = TimestampToText<1000000, 6>;
      return;
    case LogicalTypeId::TIMESTAMP_NS:
      function->function = TimestampToText<1000000000, 9>;
      return;
    case LogicalTypeId::BLOB:
      function->function = BytesToText;
      return;
    default:
      throw duckdb::NotImplementedException("CAST of %s to STRING is not supported yet",
                                            from.ToString());
  }
}

Bound BindString(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                 Arguments& arguments) {
  BindText(&function, arguments[0]->return_type);
  return nullptr;
}

// Cut or filled with blanks to n characters. The first argument is text already.
void FitCharacters(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<string_t> in(arguments.data[0], arguments.size());
  ArgumentColumn<int32_t> length(arguments.data[1], arguments.size());
  string_t* out = FlatResult<string_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const std::string_view text = TextOf(in[row]);
    int32_t characters = 0;
    size_t bytes = 0;
    for (; bytes < text.size(); ++bytes) {
      const bool starts = (static_cast<uint8_t>(text[bytes]) & 0xC0) != 0x80;
      if (starts && characters == length[row]) break;
      characters += starts;
    }
    std::string fitted(text.substr(0, bytes));
    fitted.append(static_cast<size_t>(length[row] - characters), ' ');
    out[row] = duckdb::StringVector::AddString(result, fitted);
  });
}

Bound BindChar(duckdb::ClientContext&, duckdb::ScalarFunction& function,
               Arguments& arguments) {
  const LogicalTypeId from = arguments[0]->return_type.id();
  if (from != LogicalTypeId::VARCHAR && !IsIntegerType(arguments[0]->return_type) &&
      from != LogicalTypeId::DECIMAL && from != LogicalTypeId::DATE) {
    throw duckdb::NotImplementedException(
        "CAST of %s to CHAR is not supported yet; cast to STRING first",
        arguments[0]->return_type.ToString());
  }
  function.arguments = {LogicalType::VARCHAR, LogicalType::INTEGER};
  function.return_type = LogicalType::VARCHAR;
  function.function = FitCharacters;
  return nullptr;
}

Bound BindBytes(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  if (from.id() != LogicalTypeId::VARCHAR && from.id() != LogicalTypeId::BLOB) {
    throw duckdb::NotImplementedException("CAST of %s to BYTES is not supported yet",
                                          from.ToString());
  }
  function.arguments = {from};
  function.return_type = LogicalType::BLOB;
  // Both are bytes with a length; text is UTF-8 already.
  function.function = [](DataChunk& chunk, ExpressionState&, Vector& result) {
    result.Reinterpret(chunk.data[0]);
  };
  return nullptr;
}

// ---- decimals

void DoubleToDecimal(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const ScaleInfo& info = ScaleOf(state);
  ArgumentColumn<double> in(arguments.data[0], arguments.size());
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    if (!std::isfinite(in[row])) {
      throw duckdb::ConversionException("%s cannot be cast to DECIMAL",
                                        std::to_string(in[row]));
    }
    // BigDecimal.valueOf: the shortest digits that read back, then half up.
    arrow::Decimal128 digits;
    int32_t precision = 0;
    int32_t scale = 0;
    const auto parsed = arrow::Decimal128::FromString(fmt::format("{}", in[row]), &digits,
                                                      &precision, &scale);
    if (!parsed.ok()) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    arrow::Decimal256 wide(digits);
    const int drop = scale - info.to;
    if (drop > 0) {
      wide = arrow::Decimal256(wide.ReduceScaleBy(drop, true));
    } else if (drop < 0) {
      wide = arrow::Decimal256(wide.IncreaseScaleBy(-drop));
    }
    if (!wide.FitsInPrecision(info.precision)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const auto words = wide.little_endian_array();
    StoreDecimal(result, row, hugeint_t(static_cast<int64_t>(words[1]), words[0]));
  });
}

Bound BindDecimal(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                  Arguments& arguments) {
  const auto number = [&](size_t i) {
    return duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[i])
        .GetValue<int32_t>();
  };
  const LogicalType from = arguments[0]->return_type;
  auto info = duckdb::make_uniq<ScaleInfo>();
  info->precision = number(1);
  info->to = number(2);
  const LogicalType to = LogicalType::DECIMAL(static_cast<uint8_t>(info->precision),
                                              static_cast<uint8_t>(info->to));
  function.arguments = {from, LogicalType::INTEGER, LogicalType::INTEGER};
  function.return_type = to;
  if (from.id() == LogicalTypeId::FLOAT || from.id() == LogicalTypeId::DOUBLE) {
    function.arguments[0] = LogicalType::DOUBLE;
    function.function = DoubleToDecimal;
    return info;
  }
  if (from.id() != LogicalTypeId::DECIMAL && from.id() != LogicalTypeId::VARCHAR &&
      from.id() != LogicalTypeId::BOOLEAN && from.id() != LogicalTypeId::SQLNULL &&
      !IsIntegerType(from)) {
    throw duckdb::BinderException("Flink does not cast %s to DECIMAL", from.ToString());
  }
  // DuckDB rounds half away from zero, as Flink does; what does not fit is an error
  // here and NULL there.
  LetDuckDbCast(&function, to);
  return info;
}

template <typename... Types>
duckdb::ScalarFunction Make(const char* name, duckdb::bind_scalar_function_t bind,
                            Types... rest) {
  duckdb::ScalarFunction function(name, {LogicalType::ANY, rest...}, LogicalType::ANY,
                                  nullptr, bind);
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetFallible();
  return function;
}

}  // namespace

void RegisterCasts(duckdb::ExtensionLoader* loader) {
  loader->RegisterFunction(Make("tarn_cast_tinyint", BindInteger<int8_t>));
  loader->RegisterFunction(Make("tarn_cast_smallint", BindInteger<int16_t>));
  loader->RegisterFunction(Make("tarn_cast_int", BindInteger<int32_t>));
  loader->RegisterFunction(Make("tarn_cast_bigint", BindInteger<int64_t>));
  loader->RegisterFunction(Make("tarn_cast_string", BindString));
  loader->RegisterFunction(Make("tarn_cast_char", BindChar, LogicalType::INTEGER));
  loader->RegisterFunction(Make("tarn_cast_bytes", BindBytes));
  loader->RegisterFunction(
      Make("tarn_cast_decimal", BindDecimal, LogicalType::INTEGER, LogicalType::INTEGER));
}

}  // namespace tarn::sql
