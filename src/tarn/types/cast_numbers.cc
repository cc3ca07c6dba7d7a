// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <limits>

#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/cast_rules.h"

namespace tarn::types::internal {
namespace {

/// Java's conversion of one primitive number to another: integers wrap; floats saturate,
/// to bytes and shorts by way of int; NaN is 0.
template <typename To, typename From>
To JavaConvert(From value) {
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else if constexpr (std::is_floating_point_v<From>) {
    using Wide = std::conditional_t<sizeof(To) == 8, int64_t, int32_t>;
    if (std::isnan(value)) return 0;
    // 2^31 and 2^63 are exact in both float types; max() itself is not.
    const From above = std::ldexp(From{1}, std::numeric_limits<Wide>::digits);
    if (value >= above) return static_cast<To>(std::numeric_limits<Wide>::max());
    if (value < -above) return static_cast<To>(std::numeric_limits<Wide>::min());
    return static_cast<To>(static_cast<Wide>(value));
  } else {
    return static_cast<To>(value);
  }
}

/// Build an array from `value(i)` for every non-null i.
template <typename Builder, typename Value>
ArrayResult Build(Builder* builder, const arrow::Array& source, Value&& value) {
  ARROW_RETURN_NOT_OK(builder->Reserve(source.length()));
  for (int64_t i = 0; i < source.length(); ++i) {
    if (source.IsNull(i)) {
      ARROW_RETURN_NOT_OK(builder->AppendNull());
    } else {
      ARROW_RETURN_NOT_OK(builder->Append(value(i)));
    }
  }
  return builder->Finish();
}

/// Build decimals; `value(i, &out)` answers false for NULL, or an error.
template <typename Value>
ArrayResult BuildDecimals(const CastContext& context, const arrow::Array& source,
                          const DataType& to, Value&& value) {
  ARROW_ASSIGN_OR_RAISE(auto type, ToArrow(to));
  arrow::Decimal128Builder builder(type, context.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(source.length()));
  for (int64_t i = 0; i < source.length(); ++i) {
    arrow::Decimal128 number;
    bool fits = false;
    if (source.IsValid(i)) {
      ARROW_ASSIGN_OR_RAISE(fits, value(i, &number));
    }
    if (fits) {
      builder.UnsafeAppend(number);
    } else {
      builder.UnsafeAppendNull();
    }
  }
  return builder.Finish();
}

/// From a column of primitive numbers `get(i)` of type T.
template <typename T, typename Get>
ArrayResult FromPrimitive(const CastContext& context, const arrow::Array& source,
                          const DataType& from, const DataType& to, Get&& get) {
  auto converted = [&]<typename Builder>(Builder builder) -> ArrayResult {
    using To = typename Builder::value_type;
    return Build(&builder, source, [&](int64_t i) { return JavaConvert<To>(get(i)); });
  };
  switch (to.root()) {
    case TypeRoot::kBoolean: {
      arrow::BooleanBuilder builder(context.pool);
      return Build(&builder, source,
                   [&](int64_t i) { return JavaConvert<int64_t>(get(i)) != 0; });
    }
    case TypeRoot::kTinyInt:
      return converted(arrow::Int8Builder(context.pool));
    case TypeRoot::kSmallInt:
      return converted(arrow::Int16Builder(context.pool));
    case TypeRoot::kInt:
      return converted(arrow::Int32Builder(context.pool));
    case TypeRoot::kBigInt:
      return converted(arrow::Int64Builder(context.pool));
    case TypeRoot::kFloat:
      return converted(arrow::FloatBuilder(context.pool));
    case TypeRoot::kDouble:
      return converted(arrow::DoubleBuilder(context.pool));
    case TypeRoot::kDecimal:
      return BuildDecimals(
          context, source, to, [&](int64_t i, arrow::Decimal128* out) -> Result<bool> {
            if constexpr (std::is_floating_point_v<T>) {
              // Java goes by way of the text of the double.
              bool fits = false;
              ARROW_ASSIGN_OR_RAISE(
                  *out, ParseDecimal(JavaDouble(static_cast<double>(get(i))), to, &fits));
              return fits;
            } else {
              return FitDecimal(arrow::Decimal128(static_cast<int64_t>(get(i))), 0, to,
                                out);
            }
          });
    case TypeRoot::kChar:
    case TypeRoot::kVarChar: {
      arrow::StringBuilder builder(context.pool);
      return Build(&builder, source, [&](int64_t i) {
        if constexpr (std::is_same_v<T, bool>) {
          return FitText(get(i) ? "true" : "false", to);
        } else if constexpr (std::is_same_v<T, double>) {
          return FitText(JavaDouble(get(i)), to);
        } else if constexpr (std::is_same_v<T, float>) {
          return FitText(JavaFloat(get(i)), to);
        } else {
          return FitText(std::to_string(get(i)), to);
        }
      });
    }
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp: {
      const bool zoned = to.root() == TypeRoot::kLocalZonedTimestamp;
      return MakeTimestamps(
          context, source, to, [&](int64_t i) -> Result<MillisAndNanos> {
            // Seconds; Java multiplies without looking.
            const auto millis = static_cast<int64_t>(
                static_cast<uint64_t>(JavaConvert<int64_t>(get(i))) * 1000U);
            return MillisAndNanos{zoned ? EpochToLocal(context, millis) : millis, 0};
          });
    }
    default:
      return NoRule(from, to);
  }
}

/// Integral part, its low 64 bits (Java `BigDecimal.longValue`).
int64_t IntegralPart(const arrow::Decimal128& value, int32_t scale) {
  const arrow::Decimal128 whole(value.ReduceScaleBy(scale, /*round=*/false));
  return static_cast<int64_t>(whole.low_bits());
}

double DecimalToDouble(const arrow::Decimal128& value, const DataType& from) {
  if (from.precision() <= 18) {
    // As Java: two exact numbers, one rounded division.
    double power = 1;
    for (int32_t i = 0; i < from.scale(); ++i) power *= 10;
    return static_cast<double>(static_cast<int64_t>(value.low_bits())) / power;
  }
  const std::string text = value.ToString(from.scale());
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

ArrayResult FromDecimal(const CastContext& context, const arrow::Decimal128Array& source,
                        const DataType& from, const DataType& to) {
  auto number = [&](int64_t i) { return arrow::Decimal128(source.GetValue(i)); };
  switch (to.root()) {
    case TypeRoot::kDecimal:
      return BuildDecimals(context, source, to,
                           [&](int64_t i, arrow::Decimal128* out) -> Result<bool> {
                             return FitDecimal(number(i), from.scale(), to, out);
                           });
    case TypeRoot::kChar:
    case TypeRoot::kVarChar: {
      arrow::StringBuilder builder(context.pool);
      return Build(&builder, source, [&](int64_t i) {
        return FitText(PlainDecimal(number(i), from.scale()), to);
      });
    }
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
      return FromPrimitive<double>(context, source, from, to, [&](int64_t i) {
        return DecimalToDouble(number(i), from);
      });
    case TypeRoot::kTinyInt:
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
      return FromPrimitive<int64_t>(context, source, from, to, [&](int64_t i) {
        return IntegralPart(number(i), from.scale());
      });
    default:
      return NoRule(from, to);
  }
}

}  // namespace

ArrayResult CastNumbers(const CastContext& context, const arrow::Array& array,
                        const DataType& from, const DataType& to) {
  auto primitive = [&]<typename T>(T) {
    const T* values = array.data()->GetValues<T>(1);
    return FromPrimitive<T>(context, array, from, to,
                            [values](int64_t i) { return values[i]; });
  };
  switch (from.root()) {
    case TypeRoot::kBoolean: {
      const auto& flags = static_cast<const arrow::BooleanArray&>(array);
      return FromPrimitive<bool>(context, array, from, to,
                                 [&](int64_t i) { return flags.Value(i); });
    }
    case TypeRoot::kTinyInt:
      return primitive(int8_t{});
    case TypeRoot::kSmallInt:
      return primitive(int16_t{});
    case TypeRoot::kInt:
      return primitive(int32_t{});
    case TypeRoot::kBigInt:
      return primitive(int64_t{});
    case TypeRoot::kFloat:
      return primitive(float{});
    case TypeRoot::kDouble:
      return primitive(double{});
    case TypeRoot::kDecimal:
      return FromDecimal(context, static_cast<const arrow::Decimal128Array&>(array), from,
                         to);
    default:
      return NoRule(from, to);
  }
}

bool FitDecimal(arrow::Decimal128 unscaled, int32_t scale, const DataType& to,
                arrow::Decimal128* out) {
  const int32_t delta = to.scale() - scale;
  if (delta > 0) {
    // The digits grow by `delta`: what has too many before has too many after.
    const int32_t room = to.precision() - delta;
    if (unscaled != arrow::Decimal128(0) &&
        (room <= 0 || !unscaled.FitsInPrecision(room))) {
      return false;
    }
    *out = arrow::Decimal128(unscaled.IncreaseScaleBy(delta));
  } else if (delta < -38) {
    *out = arrow::Decimal128(0);
  } else {
    *out = arrow::Decimal128(unscaled.ReduceScaleBy(-delta, /*round=*/true));
  }
  return out->FitsInPrecision(to.precision());
}

Result<arrow::Decimal128> ParseDecimal(std::string_view text, const DataType& to,
                                       bool* fits) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+'))
    rest.remove_prefix(1);
  std::string digits;
  int64_t scale = 0;
  bool point = false;
  bool any = false;
  size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (c != '0' || !digits.empty()) digits += c;
      scale += point ? 1 : 0;
    } else {
      break;
    }
  }
  if (!any) return BadText(text, to);
  if (at < rest.size()) {
    int32_t exponent = 0;
    std::string_view power = rest.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(power.data(), power.data() + power.size(), exponent);
    const bool good = (rest[at] == 'e' || rest[at] == 'E') && error == std::errc() &&
                      end == power.data() + power.size();
    if (!good) return BadText(text, to);
    scale -= exponent;
  }
  // Digits before the point that DECIMAL(38) could never hold, then digits behind its
  // scale: one of them is kept for rounding, the rest cannot change it (half up looks at
  // one).
  *fits = true;
  if (digits.empty()) return arrow::Decimal128(0);
  const int64_t whole = static_cast<int64_t>(digits.size()) - scale;
  if (whole > to.precision() - to.scale()) {
    *fits = false;
    return arrow::Decimal128(0);
  }
  const int64_t keep = whole + to.scale() + 1;
  if (keep <= 0) return arrow::Decimal128(0);
  std::string kept = digits.substr(0, static_cast<size_t>(keep));
  kept.append(static_cast<size_t>(keep) - kept.size(), '0');
  const bool round_up = kept.back() >= '5';
  kept.pop_back();
  arrow::Decimal128 number(0);
  if (!kept.empty()) {
    ARROW_ASSIGN_OR_RAISE(number, arrow::Decimal128::FromString(kept));
  }
  if (round_up) number += arrow::Decimal128(1);
  if (negative) number.Negate();
  *fits = number.FitsInPrecision(to.precision());
  return number;
}

}  // namespace tarn::types::internal
