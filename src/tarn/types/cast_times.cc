// SPDX-License-Identifier: Apache-2.0
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/cast_rules.h"

namespace tarn::types::internal {
namespace {

constexpr int64_t kMillisPerDay = 86400000;

int64_t FloorMod(int64_t value, int64_t by) {
  const int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

template <typename Builder, typename Value>
ArrayResult Build(Builder&& builder, const arrow::Array& source, Value&& value) {
  ARROW_RETURN_NOT_OK(builder.Reserve(source.length()));
  for (int64_t i = 0; i < source.length(); ++i) {
    if (source.IsNull(i)) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
    } else {
      ARROW_RETURN_NOT_OK(builder.Append(value(i)));
    }
  }
  return builder.Finish();
}

/// The same for values that may fail.
template <typename Builder, typename Value>
ArrayResult Append(Builder&& builder, const arrow::Array& source, Value&& value) {
  ARROW_RETURN_NOT_OK(builder.Reserve(source.length()));
  for (int64_t i = 0; i < source.length(); ++i) {
    if (source.IsNull(i)) {
      builder.UnsafeAppendNull();
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const auto made, value(i));
    builder.UnsafeAppend(made);
  }
  return builder.Finish();
}

/// Paimon `DateTimeUtils.truncate`: cuts digits behind `precision` towards zero of the
/// milliseconds, or of the nanoseconds within one.
MillisAndNanos Truncated(MillisAndNanos at, int32_t precision) {
  auto zero_digits = [](int64_t value, int32_t digits) {
    int64_t power = 1;
    for (int32_t i = 0; i < digits; ++i) power *= 10;
    return value / power * power;
  };
  const int64_t nanos = FloorMod(at.millis, 1000) * 1000000 + at.nanos;
  int64_t step = 1;
  for (int32_t i = precision; i < 9; ++i) step *= 10;
  if (nanos % step == 0) return at;
  if (precision <= 3) return {zero_digits(at.millis, 3 - precision), 0};
  return {at.millis, static_cast<int32_t>(zero_digits(at.nanos, 9 - precision))};
}

ArrayResult FromTimestamp(const CastContext& context, const arrow::Array& source,
                          const DataType& from, const DataType& to) {
  const bool zoned = from.root() == TypeRoot::kLocalZonedTimestamp;
  auto local_millis = [&](int64_t i) {
    const int64_t millis = InstantAt(source, i).millis;
    return zoned ? EpochToLocal(context, millis) : millis;
  };
  switch (to.root()) {
    case TypeRoot::kVarChar:
      return Build(arrow::StringBuilder(context.pool), source, [&](int64_t i) {
        return FormatTimestamp({local_millis(i), InstantAt(source, i).nanos},
                               from.precision());
      });
    case TypeRoot::kDate:
      return Build(arrow::Date32Builder(context.pool), source, [&](int64_t i) {
        const int64_t millis = local_millis(i);
        // Without a zone Java divides towards zero: the day before 1970 becomes day 0.
        const int64_t days =
            zoned ? (millis - FloorMod(millis, kMillisPerDay)) / kMillisPerDay
                  : millis / kMillisPerDay;
        return static_cast<int32_t>(days);
      });
    case TypeRoot::kTime:
      return Build(
          arrow::Time32Builder(arrow::time32(arrow::TimeUnit::MILLI), context.pool),
          source, [&](int64_t i) {
            return static_cast<int32_t>(FloorMod(local_millis(i), kMillisPerDay));
          });
    case TypeRoot::kInt:
      return Build(arrow::Int32Builder(context.pool), source, [&](int64_t i) {
        return static_cast<int32_t>(InstantAt(source, i).millis / 1000);
      });
    case TypeRoot::kBigInt:
      return Build(arrow::Int64Builder(context.pool), source,
                   [&](int64_t i) { return InstantAt(source, i).millis / 1000; });
    default:
      break;
  }
  const bool to_zoned = to.root() == TypeRoot::kLocalZonedTimestamp;
  return MakeTimestamps(context, source, to, [&](int64_t i) -> Result<MillisAndNanos> {
    MillisAndNanos at = InstantAt(source, i);
    if (zoned && !to_zoned) at.millis = EpochToLocal(context, at.millis);
    if (!zoned && to_zoned) at.millis = LocalToEpoch(context, at.millis);
    return from.precision() <= to.precision() ? at : Truncated(at, to.precision());
  });
}

}  // namespace

ArrayResult MakeTimestamps(const CastContext& context, const arrow::Array& source,
                           const DataType& to,
                           const std::function<Result<MillisAndNanos>(int64_t)>& at) {
  ARROW_ASSIGN_OR_RAISE(const auto type, ToArrow(to));
  if (IsFineTimestamp(to)) {
    return Append(arrow::Decimal128Builder(type, context.pool), source,
                  [&](int64_t i) -> Result<arrow::Decimal128> {
                    ARROW_ASSIGN_OR_RAISE(const MillisAndNanos instant, at(i));
                    return ToDecimal(ToFineNanos(instant));
                  });
  }
  const int64_t per_milli = to.precision() <= 3 ? 1 : 1000;
  return Append(arrow::TimestampBuilder(type, context.pool), source,
                [&](int64_t i) -> Result<int64_t> {
                  ARROW_ASSIGN_OR_RAISE(const MillisAndNanos instant, at(i));
                  int64_t value = 0;
                  if (__builtin_mul_overflow(instant.millis, per_milli, &value) ||
                      __builtin_add_overflow(value, instant.nanos / (1000000 / per_milli),
                                             &value)) {
                    return Unsupported(6043, "Timestamp does not fit its unit:",
                                       V("type", to.ToString()),
                                       V("millis", instant.millis));
                  }
                  return value;
                });
}

int64_t EpochToLocal(const CastContext& context, int64_t epoch_millis) {
  if (context.clock == nullptr) return epoch_millis;
  return epoch_millis + context.clock->LocalOffsetMillis(epoch_millis);
}

int64_t LocalToEpoch(const CastContext& context, int64_t local_millis) {
  if (context.clock == nullptr) return local_millis;
  // Offsets before and after any change near this local time.
  const int64_t before = context.clock->LocalOffsetMillis(local_millis - kMillisPerDay);
  const int64_t after = context.clock->LocalOffsetMillis(local_millis + kMillisPerDay);
  if (before == after) return local_millis - before;
  if (context.clock->LocalOffsetMillis(local_millis - before) == before) {
    return local_millis - before;
  }
  if (context.clock->LocalOffsetMillis(local_millis - after) == after) {
    return local_millis - after;
  }
  return local_millis - before;  // in a gap: later by its length
}

ArrayResult CastTimes(const CastContext& context, const arrow::Array& array,
                      const DataType& from, const DataType& to) {
  if (from.root() == TypeRoot::kTimestamp ||
      from.root() == TypeRoot::kLocalZonedTimestamp) {
    return FromTimestamp(context, array, from, to);
  }
  const bool is_date = from.root() == TypeRoot::kDate;
  const int32_t* values = array.data()->GetValues<int32_t>(1);
  if (to.root() == TypeRoot::kVarChar) {
    return Build(arrow::StringBuilder(context.pool), array, [&](int64_t i) {
      return is_date ? FormatDate(values[i])
                     : FormatTimeOfDay(values[i], from.precision());
    });
  }
  const bool to_zoned = to.root() == TypeRoot::kLocalZonedTimestamp;
  return MakeTimestamps(context, array, to, [&](int64_t i) -> Result<MillisAndNanos> {
    const int64_t local = is_date ? values[i] * kMillisPerDay : values[i];
    return MillisAndNanos{to_zoned ? LocalToEpoch(context, local) : local, 0};
  });
}

}  // namespace tarn::types::internal
