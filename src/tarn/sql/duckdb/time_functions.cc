// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include <duckdb/common/types/date.hpp>
#include <duckdb/common/types/interval.hpp>
#include <duckdb/common/types/timestamp.hpp>

#include "tarn/sql/ast_expression.h"
#include "tarn/sql/duckdb/flink_functions.h"
#include "tarn/sql/duckdb/vector_access.h"
#include "tarn/sql/literal.h"
#include "tarn/types/java_text.h"

namespace tarn::sql {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::interval_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::string_t;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;
using Bound = duckdb::unique_ptr<duckdb::FunctionData>;

constexpr int64_t kMicrosPerDay = int64_t{86400} * 1000000;
constexpr int64_t kNanosPerSecond = 1000000000;

struct Precision final : duckdb::FunctionData {
  int digits = 6;
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<Precision>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    return digits == other.Cast<Precision>().digits;
  }
};

int DigitsOf(ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>()
      .bind_info->Cast<Precision>()
      .digits;
}

int64_t PowerOfTen(int exponent) {
  int64_t out = 1;
  for (int i = 0; i < exponent; ++i) out *= 10;
  return out;
}

int64_t FloorTo(int64_t value, int64_t step) {
  const int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

// "yyyy-MM-dd[ HH:mm:ss[.fraction]]", as a TIMESTAMP literal is written.
struct ParsedTimestamp {
  int64_t seconds = 0;
  int64_t nanos = 0;
};

ParsedTimestamp ParseTimestamp(std::string_view whole) {
  std::string text(whole);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
  if (text.size() == 10) text += " 00:00:00";
  if (!CheckTemporalLiteral(LiteralKind::kTimestamp, text).empty() || text.size() < 19) {
    throw duckdb::ConversionException("'%s' cannot be cast to TIMESTAMP",
                                      std::string(whole));
  }
  const auto number = [&](size_t from, size_t count) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
  };
  ParsedTimestamp out;
  const int64_t days = types::DaysFromCivil({number(0, 4), number(5, 2), number(8, 2)});
  out.seconds = days * 86400 + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
  if (text.size() > 20) {
    const int digits = static_cast<int>(std::min<size_t>(text.size() - 20, 9));
    out.nanos = number(20, static_cast<size_t>(digits)) * PowerOfTen(9 - digits);
  }
  return out;
}

template <bool kNanos>
void TextToTimestamp(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const int64_t step = PowerOfTen(9 - DigitsOf(state));
  ArgumentColumn<string_t> in(arguments.data[0], arguments.size());
  int64_t* out = FlatResult<int64_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const ParsedTimestamp at = ParseTimestamp({in[row].GetData(), in[row].GetSize()});
    const int64_t nanos = at.nanos - at.nanos % step;
    if (kNanos) {
      if (__builtin_mul_overflow(at.seconds, kNanosPerSecond, &out[row]) ||
          __builtin_add_overflow(out[row], nanos, &out[row])) {
        throw duckdb::NotImplementedException(
            "A TIMESTAMP of more than 6 digits outside 1677 to 2262 in such a query is "
            "not supported yet");
      }
    } else {
      out[row] = at.seconds * 1000000 + nanos / 1000;
    }
  });
}

// Micros or nanos, cut to the digits asked for.
template <int kOwnDigits>
void CutTimestamp(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const int64_t step = PowerOfTen(std::max(0, kOwnDigits - DigitsOf(state)));
  ArgumentColumn<int64_t> in(arguments.data[0], arguments.size());
  int64_t* out = FlatResult<int64_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = FloorTo(in[row], step);
    }
  });
}

Bound BindTimestamp(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                    Arguments& arguments) {
  auto precision = duckdb::make_uniq<Precision>();
  precision->digits = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1])
                          .GetValue<int32_t>();
  const bool nanos = precision->digits > 6;
  const LogicalType from = arguments[0]->return_type;
  function.return_type = nanos ? LogicalType::TIMESTAMP_NS : LogicalType::TIMESTAMP;
  function.arguments = {function.return_type, LogicalType::INTEGER};
  switch (from.id()) {
    case LogicalTypeId::VARCHAR:
      function.arguments[0] = LogicalType::VARCHAR;
      function.function = nanos ? TextToTimestamp<true> : TextToTimestamp<false>;
      return precision;
    case LogicalTypeId::SQLNULL:
    case LogicalTypeId::DATE:
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
      function.function = nanos ? CutTimestamp<9> : CutTimestamp<6>;
      return precision;
    default:
      throw duckdb::NotImplementedException(
          "CAST of %s to TIMESTAMP is not supported yet", from.ToString());
  }
}

Bound BindLocalZoned(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                     Arguments& arguments) {
  auto precision = duckdb::make_uniq<Precision>();
  precision->digits = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1])
                          .GetValue<int32_t>();
  if (arguments[0]->return_type.id() != LogicalTypeId::TIMESTAMP_TZ) {
    throw duckdb::NotImplementedException(
        "CAST of %s to TIMESTAMP_LTZ is not supported yet: it depends on the zone",
        arguments[0]->return_type.ToString());
  }
  function.arguments = {LogicalType::TIMESTAMP_TZ, LogicalType::INTEGER};
  function.return_type = LogicalType::TIMESTAMP_TZ;
  function.function = CutTimestamp<6>;
  return precision;
}

// ---- value + interval

void DatePlus(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<duckdb::date_t> in(arguments.data[0], arguments.size());
  ArgumentColumn<interval_t> interval(arguments.data[1], arguments.size());
  auto* out = FlatResult<duckdb::date_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row) || interval.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    interval_t whole = interval[row];
    if (whole.micros % kMicrosPerDay != 0) {
      throw duckdb::NotImplementedException(
          "A DATE plus parts of a day is not supported yet; cast it to TIMESTAMP");
    }
    whole.days += static_cast<int32_t>(whole.micros / kMicrosPerDay);
    whole.micros = 0;
    out[row] = duckdb::Interval::Add(in[row], whole);
  });
}

// Months and days on the calendar, the rest as an amount of the unit.
template <int64_t kPerMicro, int64_t kMicrosPer>
void TimestampPlus(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<int64_t> in(arguments.data[0], arguments.size());
  ArgumentColumn<interval_t> interval(arguments.data[1], arguments.size());
  int64_t* out = FlatResult<int64_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row) || interval.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const int64_t coarse = FloorTo(in[row], kPerMicro);
    const int64_t fine = in[row] - coarse;
    const duckdb::timestamp_t micros(coarse / kPerMicro * kMicrosPer);
    const int64_t sum = duckdb::Interval::Add(micros, interval[row]).value;
    if (sum % kMicrosPer != 0) {
      throw duckdb::NotImplementedException(
          "An interval finer than its TIMESTAMP is not supported yet");
    }
    out[row] = sum / kMicrosPer * kPerMicro + fine;
  });
}

Bound BindPlusInterval(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                       Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  function.arguments = {from, LogicalType::INTERVAL};
  function.return_type = from;
  switch (from.id()) {
    case LogicalTypeId::DATE:
      function.function = DatePlus;
      return nullptr;
    case LogicalTypeId::TIMESTAMP_SEC:
      function.function = TimestampPlus<1, 1000000>;
      return nullptr;
    case LogicalTypeId::TIMESTAMP_MS:
      function.function = TimestampPlus<1, 1000>;
      return nullptr;
    case LogicalTypeId::TIMESTAMP:
      function.function = TimestampPlus<1, 1>;
      return nullptr;
    case LogicalTypeId::TIMESTAMP_NS:
      function.function = TimestampPlus<1000, 1>;
      return nullptr;
    default:
      throw duckdb::NotImplementedException("%s plus an interval is not supported yet",
                                            from.ToString());
  }
}

// ---- now

duckdb::ScalarFunction Now(const char* name, const LogicalType& type,
                           std::shared_ptr<base::Clock> clock,
                           int64_t (*value)(base::Clock*)) {
  duckdb::ScalarFunction function(
      name, {}, type,
      [clock = std::move(clock), value](DataChunk&, ExpressionState&, Vector& result) {
        result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
        const int64_t now = value(clock.get());
        if (result.GetType().id() == LogicalTypeId::DATE) {
          duckdb::ConstantVector::GetData<int32_t>(result)[0] = static_cast<int32_t>(now);
        } else {
          duckdb::ConstantVector::GetData<int64_t>(result)[0] = now;
        }
      });
  function.SetStability(duckdb::FunctionStability::CONSISTENT_WITHIN_QUERY);
  return function;
}

int64_t LocalMillis(base::Clock* clock) {
  const int64_t now = clock->NowMillis();
  return now + clock->LocalOffsetMillis(now);
}

}  // namespace

void RegisterTimeFunctions(duckdb::ExtensionLoader* loader,
                           std::shared_ptr<base::Clock> clock) {
  const auto make = [&](const char* name, const LogicalType& second,
                        duckdb::bind_scalar_function_t bind) {
    duckdb::ScalarFunction function(name, {LogicalType::ANY, second}, LogicalType::ANY,
                                    nullptr, bind);
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    function.SetFallible();
    loader->RegisterFunction(function);
  };
  make("tarn_cast_timestamp", LogicalType::INTEGER, BindTimestamp);
  make("tarn_cast_ltz", LogicalType::INTEGER, BindLocalZoned);
  make("tarn_plus_interval", LogicalType::INTERVAL, BindPlusInterval);
  loader->RegisterFunction(Now("tarn_current_timestamp", LogicalType::TIMESTAMP_TZ, clock,
                               [](base::Clock* c) { return c->NowMillis() * 1000; }));
  loader->RegisterFunction(Now("tarn_local_timestamp", LogicalType::TIMESTAMP_MS, clock,
                               [](base::Clock* c) { return LocalMillis(c); }));
  loader->RegisterFunction(
      Now("tarn_current_date", LogicalType::DATE, clock,
          [](base::Clock* c) { return FloorTo(LocalMillis(c), 86400000) / 86400000; }));
  loader->RegisterFunction(
      Now("tarn_local_time", LogicalType::TIME, clock, [](base::Clock* c) {
        const int64_t now = LocalMillis(c);
        const int64_t of_day = now - FloorTo(now, 86400000);
        return of_day / 1000 * 1000000;
      }));
}

}  // namespace tarn::sql
