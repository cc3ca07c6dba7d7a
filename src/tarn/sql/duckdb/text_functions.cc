// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "tarn/sql/duckdb/flink_functions.h"
#include "tarn/sql/duckdb/vector_access.h"

namespace tarn::sql {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::string_t;
using duckdb::Vector;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;
using Bound = duckdb::unique_ptr<duckdb::FunctionData>;

// Byte offsets at which characters start, and the end.
std::vector<size_t> CharacterStarts(std::string_view text) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

// Flink's SUBSTRING: start 0 is 1, negative counts from the end.
std::string_view SubstringOf(std::string_view text, int64_t start, int64_t length) {
  const std::vector<size_t> starts = CharacterStarts(text);
  const int64_t characters = static_cast<int64_t>(starts.size()) - 1;
  int64_t from = start > 0 ? start - 1 : start == 0 ? 0 : characters + start;
  if (length <= 0 || from < 0 || from >= characters) return {};
  const int64_t to = length > characters - from ? characters : from + length;
  return text.substr(starts[from], starts[to] - starts[from]);
}

void Substring(DataChunk& arguments, ExpressionState&, Vector& result) {
  const bool with_length = arguments.ColumnCount() == 3;
  ArgumentColumn<string_t> text(arguments.data[0], arguments.size());
  ArgumentColumn<int64_t> start(arguments.data[1], arguments.size());
  ArgumentColumn<int64_t> length(arguments.data[with_length ? 2 : 1], arguments.size());
  string_t* out = FlatResult<string_t>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (text.IsNull(row) || start.IsNull(row) || length.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const std::string_view whole(text[row].GetData(), text[row].GetSize());
    const std::string_view part =
        SubstringOf(whole, start[row], with_length ? length[row] : INT64_MAX);
    out[row] = duckdb::StringVector::AddString(result, part.data(), part.size());
  });
}

void CopyFirst(DataChunk& arguments, ExpressionState&, Vector& result) {
  result.Reference(arguments.data[0]);
}

template <bool kFloor>
void FloorDouble(DataChunk& arguments, ExpressionState&, Vector& result) {
  ArgumentColumn<double> in(arguments.data[0], arguments.size());
  double* out = FlatResult<double>(result);
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      out[row] = kFloor ? std::floor(in[row]) : std::ceil(in[row]);
    }
  });
}

struct Digits final : duckdb::FunctionData {
  int from = 0, to = 0;
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<Digits>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& that = other.Cast<Digits>();
    return from == that.from && to == that.to;
  }
};

const Digits& DigitsOf(ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<Digits>();
}

// Rounding of an unscaled decimal from `from` digits to `to`; the sign tells the mode:
// -1 floor, 0 half up, 1 ceiling.
template <int kMode>
void RoundDecimal(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const Digits& digits = DigitsOf(state);
  ArgumentColumn<duckdb::hugeint_t> in(arguments.data[0], arguments.size());
  const duckdb::hugeint_t by = duckdb::Hugeint::POWERS_OF_TEN[digits.from - digits.to];
  ForEachRow(arguments, result, [&](idx_t row) {
    if (in.IsNull(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
      return;
    }
    const duckdb::hugeint_t zero(0);
    const duckdb::hugeint_t one(1);
    duckdb::hugeint_t quotient = in[row] / by;
    const duckdb::hugeint_t rest = in[row] - quotient * by;
    const bool negative = in[row] < zero;
    if (kMode < 0 && negative && rest != zero) quotient = quotient - one;
    if (kMode > 0 && !negative && rest != zero) quotient = quotient + one;
    if (kMode == 0) {
      const duckdb::hugeint_t size = negative ? zero - rest : rest;
      if (size + size >= by) quotient = negative ? quotient - one : quotient + one;
    }
    StoreDecimal(result, row, quotient);
  });
}

Bound BindToScale(duckdb::ScalarFunction* function, const LogicalType& from, int to,
                  int width) {
  auto digits = duckdb::make_uniq<Digits>();
  digits->from = duckdb::DecimalType::GetScale(from);
  digits->to = to;
  function->arguments[0] = LogicalType::DECIMAL(38, static_cast<uint8_t>(digits->from));
  function->return_type = LogicalType::DECIMAL(
      static_cast<uint8_t>(std::min(38, std::max(1, width))), static_cast<uint8_t>(to));
  return digits;
}

template <bool kFloor>
Bound BindFloor(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  function.arguments = {from};
  function.return_type = from;
  if (IsIntegerType(from) || from.id() == LogicalTypeId::SQLNULL) {
    function.function = CopyFirst;
    return nullptr;
  }
  if (from.id() == LogicalTypeId::DOUBLE) {
    function.function = FloorDouble<kFloor>;
    return nullptr;
  }
  if (from.id() != LogicalTypeId::DECIMAL) {
    throw duckdb::NotImplementedException("FLOOR or CEIL of %s is not supported yet",
                                          from.ToString());
  }
  function.function = kFloor ? RoundDecimal<-1> : RoundDecimal<1>;
  return BindToScale(&function, from, 0, duckdb::DecimalType::GetWidth(from));
}

Bound BindRound(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  if (!arguments[1]->IsFoldable()) {
    throw duckdb::NotImplementedException(
        "ROUND to a computed place is not supported yet");
  }
  const int to = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1])
                     .GetValue<int32_t>();
  function.arguments = {from, arguments[1]->return_type};
  function.return_type = from;
  if (to >= 0 && (IsIntegerType(from) || from.id() == LogicalTypeId::SQLNULL)) {
    function.function = CopyFirst;
    return nullptr;
  }
  if (from.id() != LogicalTypeId::DECIMAL || to < 0) {
    throw duckdb::NotImplementedException(
        "ROUND of %s to %s digits is not supported yet; cast to DECIMAL", from.ToString(),
        std::to_string(to));
  }
  const int width = duckdb::DecimalType::GetWidth(from);
  const int scale = duckdb::DecimalType::GetScale(from);
  if (to >= scale) {
    function.function = CopyFirst;
    return nullptr;
  }
  function.function = RoundDecimal<0>;
  return BindToScale(&function, from, to, 1 + width - scale + to);
}

Bound BindCardinality(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                      Arguments& arguments) {
  const LogicalType from = arguments[0]->return_type;
  if (from.id() != LogicalTypeId::LIST && from.id() != LogicalTypeId::MAP) {
    throw duckdb::BinderException("CARDINALITY takes an array or a map, found %s",
                                  from.ToString());
  }
  function.arguments = {from};
  function.return_type = LogicalType::BIGINT;
  function.function = [](DataChunk& chunk, ExpressionState&, Vector& result) {
    ArgumentColumn<duckdb::list_entry_t> lists(chunk.data[0], chunk.size());
    int64_t* out = FlatResult<int64_t>(result);
    ForEachRow(chunk, result, [&](idx_t row) {
      if (lists.IsNull(row)) {
        duckdb::FlatVector::SetNull(result, row, true);
      } else {
        out[row] = static_cast<int64_t>(lists[row].length);
      }
    });
  };
  return nullptr;
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

void RegisterTextFunctions(duckdb::ExtensionLoader* loader) {
  duckdb::ScalarFunctionSet substring("tarn_substring");
  for (const bool with_length : {false, true}) {
    duckdb::vector<LogicalType> types{LogicalType::VARCHAR, LogicalType::BIGINT};
    if (with_length) types.push_back(LogicalType::BIGINT);
    duckdb::ScalarFunction function(std::move(types), LogicalType::VARCHAR, Substring);
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    substring.AddFunction(function);
  }
  loader->RegisterFunction(substring);
  loader->RegisterFunction(Make("tarn_floor", 1, BindFloor<true>));
  loader->RegisterFunction(Make("tarn_ceil", 1, BindFloor<false>));
  loader->RegisterFunction(Make("tarn_round", 2, BindRound));
  loader->RegisterFunction(Make("tarn_cardinality", 1, BindCardinality));
}

}  // namespace tarn::sql
