// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/decimal.h>

#include "tarn/merge/fold.h"

namespace tarn::merge::internal {
namespace {

using arrow::Decimal128;
using arrow::Decimal256;

/// A number or NULL.
template <typename T>
using Cell = std::optional<T>;

/// Integers: exact or an error. Floats: as the machine computes, in their own width.
template <typename T>
struct Arithmetic {
  /// False on overflow or division by zero.
  static bool Add(T a, T b, Cell<T>* out) { return Checked(a, b, out, '+'); }
  static bool Subtract(T a, T b, Cell<T>* out) { return Checked(a, b, out, '-'); }
  static bool Multiply(T a, T b, Cell<T>* out) { return Checked(a, b, out, '*'); }
  static bool Divide(T a, T b, Cell<T>* out) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0 || (a == std::numeric_limits<T>::min() && b == -1)) return false;
    }
    *out = static_cast<T>(a / b);
    return true;
  }
  static bool Negate(T a, Cell<T>* out) {
    if constexpr (std::is_integral_v<T>) {
      if (a == std::numeric_limits<T>::min()) return false;
    }
    *out = static_cast<T>(-a);
    return true;
  }

 private:
  static bool Checked(T a, T b, Cell<T>* out, char op) {
    T value{};
    if constexpr (std::is_integral_v<T>) {
      const bool overflow = op == '+'   ? __builtin_add_overflow(a, b, &value)
                            : op == '-' ? __builtin_sub_overflow(a, b, &value)
                                        : __builtin_mul_overflow(a, b, &value);
      if (overflow) return false;
    } else {
      value = op == '+' ? a + b : op == '-' ? a - b : a * b;
    }
    *out = value;
    return true;
  }
};

/// Decimals of one precision and scale. What does not fit is an error, where Java makes
/// it NULL and goes on from there (Paimon `DecimalUtils`). Up to 18 digits sums are
/// checked against 64 bits on the way, as in Java, and against their digits at the end.
class DecimalArithmetic {
 public:
  DecimalArithmetic(int32_t precision, int32_t scale)
      : precision_(precision), scale_(scale) {}

  bool Add(Decimal128 a, Decimal128 b, Cell<Decimal128>* out) const {
    __int128 value = 0;
    const bool overflow = __builtin_add_overflow(Wide(a), Wide(b), &value);
    return FitSum(value, overflow, out);
  }
  bool Subtract(Decimal128 a, Decimal128 b, Cell<Decimal128>* out) const {
    __int128 value = 0;
    const bool overflow = __builtin_sub_overflow(Wide(a), Wide(b), &value);
    return FitSum(value, overflow, out);
  }
  bool Multiply(Decimal128 a, Decimal128 b, Cell<Decimal128>* out) const {
    Decimal256 value = Decimal256(a) * Decimal256(b);
    if (scale_ > 0) value = Decimal256(value.ReduceScaleBy(scale_, /*round=*/true));
    return Fit(value, out);
  }
  /// Exact, as `BigDecimal.divide` is: false where the quotient does not end.
  bool Divide(Decimal128 a, Decimal128 b, Cell<Decimal128>* out) const {
    if (b == Decimal128(0)) return false;
    if (!Ends(a, b)) return false;
    const Decimal256 dividend = Decimal256(a) * Decimal256::GetScaleMultiplier(scale_);
    auto divided = dividend.Divide(Decimal256(b));
    if (!divided.ok()) return false;
    Decimal256 quotient(divided->first);
    const Decimal256 rest = Decimal256::Abs(Decimal256(divided->second));
    if (rest + rest >= Decimal256::Abs(Decimal256(b))) {
      quotient += Decimal256((a < Decimal128(0)) == (b < Decimal128(0)) ? 1 : -1);
    }
    return Fit(quotient, out);
  }
  bool Holds(Decimal128 value) const { return value.FitsInPrecision(precision_); }
  bool Negate(Decimal128 a, Cell<Decimal128>* out) const {
    return Fit(Decimal256(Decimal128(-a)), out);
  }

 private:
  static __int128 Wide(Decimal128 value) {
    return (static_cast<__int128>(value.high_bits()) << 64) | value.low_bits();
  }
  static Decimal128 Narrow(__int128 value) {
    return Decimal128(static_cast<int64_t>(value >> 64), static_cast<uint64_t>(value));
  }
  bool FitSum(__int128 value, bool overflow, Cell<Decimal128>* out) const {
    if (overflow) return false;
    const bool compact = precision_ <= 18 &&
                         value >= std::numeric_limits<int64_t>::min() &&
                         value <= std::numeric_limits<int64_t>::max();
    if (!compact && !Narrow(value).FitsInPrecision(precision_)) return false;
    *out = Narrow(value);
    return true;
  }
  bool Fit(const Decimal256& value, Cell<Decimal128>* out) const {
    if (!value.FitsInPrecision(precision_)) return false;
    const auto& words = value.little_endian_array();
    *out = Decimal128(static_cast<int64_t>(words[1]), words[0]);
    return true;
  }
  /// The quotient of the scaled numbers is a finite decimal: its reduced divisor has no
  /// prime factors but 2 and 5.
  static bool Ends(Decimal128 a, Decimal128 b) {
    __int128 x = Wide(Decimal128::Abs(a)), y = Wide(Decimal128::Abs(b));
    const __int128 divisor = y;
    while (x != 0) {
      const __int128 rest = y % x;
      y = x;
      x = rest;
    }
    __int128 reduced = divisor / y;
    while (reduced % 2 == 0) reduced /= 2;
    while (reduced % 5 == 0) reduced /= 5;
    return reduced == 1;
  }

  int32_t precision_;
  int32_t scale_;
};

/// Reads cells of one fixed-width type.
template <typename T>
class NumberCells {
 public:
  explicit NumberCells(const FoldInput& input) : order_(input.order), cells_(input) {
    for (size_t run = 0; run < input.slices.arrays.size(); ++run) {
      const auto& array = input.slices.arrays[run];
      any_null_ |= array != nullptr && array->null_count() > 0;
      values_.push_back(array == nullptr
                            ? nullptr
                            : array->data()->template GetValues<uint8_t>(1, 0) +
                                  (array->offset() - input.slices.first[run]) *
                                      static_cast<int64_t>(sizeof(T)));
    }
  }
  bool any_null() const { return any_null_; }
  /// Per run: where row 0 of the order would be.
  const std::vector<const uint8_t*>& values() const { return values_; }
  Cell<T> Get(int32_t entry) const {
    if (!cells_.IsValid(entry)) return std::nullopt;
    const uint8_t* at =
        values_[order_.run[entry]] + int64_t{order_.row[entry]} * sizeof(T);
    if constexpr (std::is_same_v<T, Decimal128>) {
      return Decimal128(at);
    } else {
      T value;
      std::memcpy(&value, at, sizeof(T));
      return value;
    }
  }

 private:
  const MergeOrder& order_;
  Cells cells_;
  bool any_null_ = false;
  std::vector<const uint8_t*> values_;
};

Status Overflow(const FoldInput& input) {
  return InvalidInput(1223, "Aggregate overflows its column or divides by zero:",
                      V("function", NameOf(input.aggregate().function)),
                      V("column", input.spec.fields[input.column].name),
                      V("type", input.spec.fields[input.column].type.ToString()));
}

/// One step of sum or product; false on overflow.
template <typename T, typename Math>
bool AddNumber(const Math& math, bool sum, const Cell<T>& acc, const Cell<T>& cell,
               Cell<T>* out) {
  if (!acc || !cell) {
    *out = acc ? acc : cell;
    return true;
  }
  return sum ? math.Add(*acc, *cell, out) : math.Multiply(*acc, *cell, out);
}

template <typename T, typename Math>
bool RetractNumber(const Math& math, bool sum, const Cell<T>& acc, const Cell<T>& cell,
                   Cell<T>* out) {
  if (!acc || !cell) {
    *out = acc;
    return acc || !cell || !sum || math.Negate(*cell, out);
  }
  return sum ? math.Subtract(*acc, *cell, out) : math.Divide(*acc, *cell, out);
}

/// Sum of cells none of which is NULL, every record adding: false on overflow. In entry
/// order, since an overflow on the way is an error in Java whatever comes later.
template <typename T>
bool SumAll(const MergeOrder& order, const std::vector<const uint8_t*>& values, T* out) {
  bool overflow = false;
  for (int64_t key = 0; key < order.keys(); ++key) {
    T acc{};
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      T cell;
      std::memcpy(&cell, values[order.run[i]] + int64_t{order.row[i]} * sizeof(T),
                  sizeof(T));
      if (i == order.starts[key]) {
        acc = cell;
      } else if constexpr (std::is_integral_v<T>) {
        overflow |= __builtin_add_overflow(acc, cell, &acc);
      } else {
        acc += cell;
      }
    }
    out[key] = acc;
  }
  return !overflow;
}

template <typename T, typename Math>
Result<std::shared_ptr<arrow::Array>> FoldTyped(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input, const Math& math) {
  const MergeOrder& order = input.order;
  const NumberCells<T> cells(input);
  const bool sum = input.aggregate().function == AggregateFunction::kSum;
  const bool ignore_retract = input.aggregate().ignore_retract;
  const int64_t keys = order.keys();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> values,
                        arrow::AllocateBuffer(keys * sizeof(T), context.pool));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> validity,
                        arrow::AllocateEmptyBitmap(keys, context.pool));
  if constexpr (!std::is_same_v<T, Decimal128>) {
    if (sum && input.ops == nullptr && !cells.any_null()) {
      auto* out = reinterpret_cast<T*>(values->mutable_data());
      if (!SumAll<T>(order, cells.values(), out)) return Overflow(input);
      return arrow::MakeArray(
          arrow::ArrayData::Make(type, keys, {nullptr, std::move(values)}, 0));
    }
  }
  int64_t nulls = 0;
  for (int64_t key = 0; key < keys; ++key) {
    Cell<T> acc;
    if (order.bypass[key]) {
      acc = cells.Get(order.starts[key]);
    } else {
      bool exact = true;
      for (int32_t i = order.starts[key]; i < order.starts[key + 1] && exact; ++i) {
        const Op op = input.op(i);
        if (op == Op::kSkip) continue;
        const Cell<T> cell = cells.Get(i);
        const Cell<T> before = op == Op::kResetRetract ? cell : acc;
        switch (op) {
          case Op::kSkip:
            break;
          case Op::kAdd:
            exact = AddNumber(math, sum, before, cell, &acc);
            break;
          case Op::kAddReversed:
            exact = AddNumber(math, sum, cell, before, &acc);
            break;
          case Op::kReset:
            acc = cell;
            break;
          case Op::kResetRetract:
          case Op::kRetract:
            acc = before;
            if (!ignore_retract) exact = RetractNumber(math, sum, before, cell, &acc);
            break;
        }
      }
      if constexpr (std::is_same_v<T, Decimal128>) exact &= !acc || math.Holds(*acc);
      if (!exact) return Overflow(input);
    }
    uint8_t* out = values->mutable_data() + key * sizeof(T);
    if (!acc) {
      std::memset(out, 0, sizeof(T));
      ++nulls;
      continue;
    }
    arrow::bit_util::SetBit(validity->mutable_data(), key);
    if constexpr (std::is_same_v<T, Decimal128>) {
      acc->ToBytes(out);
    } else {
      std::memcpy(out, &*acc, sizeof(T));
    }
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, keys, {nulls == 0 ? nullptr : std::move(validity), std::move(values)},
      nulls));
}

Result<std::shared_ptr<arrow::Array>> FoldBool(const base::Context& context,
                                               const FoldInput& input) {
  const MergeOrder& order = input.order;
  const Cells cells(input);
  const bool is_and = input.aggregate().function == AggregateFunction::kBoolAnd;
  const int64_t keys = order.keys();
  ARROW_ASSIGN_OR_RAISE(auto values, arrow::AllocateEmptyBitmap(keys, context.pool));
  ARROW_ASSIGN_OR_RAISE(auto validity, arrow::AllocateEmptyBitmap(keys, context.pool));
  auto get = [&](int32_t entry) -> Cell<bool> {
    if (!cells.IsValid(entry)) return std::nullopt;
    return static_cast<const arrow::BooleanArray&>(cells.array(entry))
        .Value(cells.row(entry));
  };
  int64_t nulls = 0;
  for (int64_t key = 0; key < keys; ++key) {
    Cell<bool> acc;
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      const Op op = order.bypass[key] ? Op::kReset : input.op(i);
      if (op == Op::kSkip) continue;
      const Cell<bool> cell = get(i);
      if (op == Op::kReset || op == Op::kResetRetract) {
        acc = cell;
      } else if (op != Op::kRetract) {
        if (acc && cell) {
          acc = is_and ? *acc && *cell : *acc || *cell;
        } else if (!acc) {
          acc = cell;
        }
      }
      const bool takes_back = op == Op::kRetract || op == Op::kResetRetract;
      if (takes_back && !input.aggregate().ignore_retract) {
        return CannotRetract(input.spec, input.column);
      }
    }
    arrow::bit_util::SetBitTo(validity->mutable_data(), key, acc.has_value());
    arrow::bit_util::SetBitTo(values->mutable_data(), key, acc.value_or(false));
    nulls += !acc;
  }
  std::shared_ptr<arrow::Buffer> valid = std::move(validity);
  return arrow::MakeArray(arrow::ArrayData::Make(
      arrow::boolean(), keys, {nulls == 0 ? nullptr : valid, std::move(values)}, nulls));
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> FoldNumbers(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input) {
  switch (type->id()) {
    case arrow::Type::BOOL:
      return FoldBool(context, input);
    case arrow::Type::INT8:
      return FoldTyped<int8_t>(context, type, input, Arithmetic<int8_t>());
    case arrow::Type::INT16:
      return FoldTyped<int16_t>(context, type, input, Arithmetic<int16_t>());
    case arrow::Type::INT32:
      return FoldTyped<int32_t>(context, type, input, Arithmetic<int32_t>());
    case arrow::Type::INT64:
      return FoldTyped<int64_t>(context, type, input, Arithmetic<int64_t>());
    case arrow::Type::FLOAT:
      return FoldTyped<float>(context, type, input, Arithmetic<float>());
    case arrow::Type::DOUBLE:
      return FoldTyped<double>(context, type, input, Arithmetic<double>());
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(*type);
      return FoldTyped<Decimal128>(
          context, type, input, DecimalArithmetic(decimal.precision(), decimal.scale()));
    }
    default:
      return InternalError(201, "Aggregate meets a type that it cannot compute:",
                           V("type", type->ToString()));
  }
}

}  // namespace tarn::merge::internal
