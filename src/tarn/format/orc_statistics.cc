// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_statistics.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "tarn/format/orc_column_writer.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {

using types::DataType;
using types::TypeRoot;

class OrcStatistics::Bounds {
 public:
  virtual ~Bounds() = default;
  virtual void Add(const arrow::Array& array) = 0;
  virtual void EndStripe() {}
  virtual Result<std::shared_ptr<arrow::Scalar>> Min(
      const std::shared_ptr<arrow::DataType>& type) const = 0;
  virtual Result<std::shared_ptr<arrow::Scalar>> Max(
      const std::shared_ptr<arrow::DataType>& type) const = 0;
  DataType type;
};

namespace {

using Bounds = OrcStatistics::Bounds;
using MaybeScalar = std::shared_ptr<arrow::Scalar>;

// Rows of a group of Java's row index (`orc.row.index.stride`).
constexpr int64_t kGroupRows = 10000;
// Longer texts are cut in a footer, and then are no bounds.
constexpr size_t kTextBytesMax = 1024;

/// Least and greatest in the order of `<`, the first one staying among equal ones.
template <typename T>
struct Range {
  bool any = false;
  T min{};
  T max{};

  void Add(const T& low, const T& high) {
    if (!any) {
      any = true;
      min = low;
      max = high;
      return;
    }
    if (low < min) min = low;
    if (max < high) max = high;
  }
};

/// Values whose order says all: integers, dates, times, decimals, timestamps, booleans.
template <typename ArrayType, typename Value>
class OrderedBounds final : public Bounds {
 public:
  explicit OrderedBounds(std::optional<OrcTimes> times) : times_(std::move(times)) {}

  void Add(const arrow::Array& array) override {
    const auto& values = static_cast<const ArrayType&>(array);
    for (int64_t i = 0; i < array.length(); ++i) {
      if (array.IsNull(i)) continue;
      const Value value = ValueOf(values, i);
      range_.Add(value, value);
    }
  }
  Result<MaybeScalar> Min(const std::shared_ptr<arrow::DataType>& type) const override {
    return ScalarOf(range_.min, type);
  }
  Result<MaybeScalar> Max(const std::shared_ptr<arrow::DataType>& type) const override {
    return ScalarOf(range_.max, type);
  }

 private:
  Value ValueOf(const ArrayType& values, int64_t i) const {
    if constexpr (std::is_same_v<Value, arrow::Decimal128>) {
      if (times_) return types::ToDecimal(times_->Stated(types::FineNanosAt(values, i)));
      return arrow::Decimal128(values.GetValue(i));
    } else {
      const auto value = static_cast<int64_t>(values.Value(i));
      return times_ ? times_->Stated(value) : value;
    }
  }
  Result<MaybeScalar> ScalarOf(const Value& value,
                               const std::shared_ptr<arrow::DataType>& type) const {
    if (!range_.any) return MaybeScalar();
    if constexpr (std::is_same_v<Value, arrow::Decimal128>) {
      return std::make_shared<arrow::Decimal128Scalar>(value, type);
    } else if (type->id() == arrow::Type::BOOL) {
      return std::make_shared<arrow::BooleanScalar>(value != 0);
    } else {
      return arrow::MakeScalar(type, value);
    }
  }

  std::optional<OrcTimes> times_;
  Range<Value> range_;
};

/// FLOAT and DOUBLE: comparisons with NaN are false, so what stands first stays, in a
/// group of rows, among the groups of a stripe and among the stripes.
template <typename ArrayType, typename Value>
class FloatBounds final : public Bounds {
 public:
  void Add(const arrow::Array& array) override {
    const auto& values = static_cast<const ArrayType&>(array);
    for (int64_t i = 0; i < array.length(); ++i) {
      if (array.IsValid(i)) Update(values.Value(i));
      if (++group_rows_ == kGroupRows) EndGroup();
    }
  }
  void EndStripe() override {
    EndGroup();
    if (stripe_.any) file_.Add(stripe_.min, stripe_.max);
    stripe_ = {};
  }
  Result<MaybeScalar> Min(const std::shared_ptr<arrow::DataType>& type) const override {
    return file_.any ? arrow::MakeScalar(type, file_.min) : Result<MaybeScalar>(nullptr);
  }
  Result<MaybeScalar> Max(const std::shared_ptr<arrow::DataType>& type) const override {
    return file_.any ? arrow::MakeScalar(type, file_.max) : Result<MaybeScalar>(nullptr);
  }

 private:
  /// Java asks for the maximum only where the value is no new minimum.
  void Update(Value value) {
    if (group_.any && value < group_.min) {
      group_.min = value;
    } else {
      group_.Add(group_.any ? group_.min : value, value);
    }
  }
  void EndGroup() {
    if (group_.any) stripe_.Add(group_.min, group_.max);
    group_ = {};
    group_rows_ = 0;
  }

  Range<Value> group_;
  Range<Value> stripe_;
  Range<Value> file_;
  int64_t group_rows_ = 0;
};

/// CHAR and VARCHAR, by bytes.
class TextBounds final : public Bounds {
 public:
  explicit TextBounds(const DataType& type) : text_type_(type) {}

  void Add(const arrow::Array& array) override {
    const auto& values = static_cast<const arrow::BinaryArray&>(array);
    for (int64_t i = 0; i < array.length(); ++i) {
      if (array.IsNull(i)) continue;
      const std::string_view text = OrcText(values.GetView(i), text_type_, &scratch_);
      if (!any_ || text < min_) Take(text, false, &min_, &min_cut_);
      if (!any_ || text > max_) Take(text, true, &max_, &max_cut_);
      any_ = true;
    }
  }
  Result<MaybeScalar> Min(const std::shared_ptr<arrow::DataType>& type) const override {
    return ScalarOf(min_, min_cut_, type);
  }
  Result<MaybeScalar> Max(const std::shared_ptr<arrow::DataType>& type) const override {
    return ScalarOf(max_, max_cut_, type);
  }

 private:
  /// What is too long stands for all that begins alike: below them, or above.
  static void Take(std::string_view text, bool upper, std::string* bound, bool* cut) {
    *cut = text.size() > kTextBytesMax;
    bound->assign(text.substr(0, kTextBytesMax));
    if (*cut && upper) bound->push_back('\xff');
  }
  Result<MaybeScalar> ScalarOf(const std::string& text, bool cut,
                               const std::shared_ptr<arrow::DataType>& type) const {
    if (!any_ || cut) return MaybeScalar();
    return arrow::MakeScalar(type, arrow::Buffer::FromString(text));
  }

  DataType text_type_;
  bool any_ = false;
  std::string min_;
  std::string max_;
  bool min_cut_ = false;
  bool max_cut_ = false;
  std::string scratch_;
};

/// DECIMAL, and fine timestamps, which have its Arrow form.
using DecimalBounds = OrderedBounds<arrow::Decimal128Array, arrow::Decimal128>;

template <typename ArrayType>
std::unique_ptr<Bounds> Ordered() {
  return std::make_unique<OrderedBounds<ArrayType, int64_t>>(std::nullopt);
}

std::unique_ptr<Bounds> MakeBounds(const DataType& type, const OrcTimes& times) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return Ordered<arrow::BooleanArray>();
    case TypeRoot::kTinyInt:
      return Ordered<arrow::Int8Array>();
    case TypeRoot::kSmallInt:
      return Ordered<arrow::Int16Array>();
    case TypeRoot::kInt:
      return Ordered<arrow::Int32Array>();
    case TypeRoot::kBigInt:
      return Ordered<arrow::Int64Array>();
    case TypeRoot::kDate:
      return Ordered<arrow::Date32Array>();
    case TypeRoot::kTime:
      return Ordered<arrow::Time32Array>();
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      if (types::IsFineTimestamp(type)) return std::make_unique<DecimalBounds>(times);
      return std::make_unique<OrderedBounds<arrow::TimestampArray, int64_t>>(times);
    case TypeRoot::kDecimal:
      return std::make_unique<DecimalBounds>(std::nullopt);
    case TypeRoot::kFloat:
      return std::make_unique<FloatBounds<arrow::FloatArray, float>>();
    case TypeRoot::kDouble:
      return std::make_unique<FloatBounds<arrow::DoubleArray, double>>();
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return std::make_unique<TextBounds>(type);
    default:
      return nullptr;
  }
}

Result<std::shared_ptr<arrow::Array>> OneRow(const MaybeScalar& scalar,
                                             arrow::MemoryPool* pool) {
  if (scalar == nullptr) return std::shared_ptr<arrow::Array>();
  return arrow::MakeArrayFromScalar(*scalar, 1, pool);
}

}  // namespace

OrcStatistics::OrcStatistics(const DataType& type, const OrcTimes& times)
    : bounds_(MakeBounds(type, times)) {
  if (bounds_ != nullptr) bounds_->type = type;
}
OrcStatistics::~OrcStatistics() = default;
OrcStatistics::OrcStatistics(OrcStatistics&&) noexcept = default;

void OrcStatistics::Add(const arrow::Array& array) {
  nulls_ += array.null_count();
  if (bounds_ != nullptr) bounds_->Add(array);
}

void OrcStatistics::EndStripe() {
  if (bounds_ != nullptr) bounds_->EndStripe();
}

Result<ColumnStatistics> OrcStatistics::Finish(arrow::MemoryPool* pool) const {
  ColumnStatistics out;
  out.null_count = nulls_;
  if (bounds_ == nullptr) return out;
  ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(bounds_->type));
  ARROW_ASSIGN_OR_RAISE(const auto min, bounds_->Min(type));
  ARROW_ASSIGN_OR_RAISE(const auto max, bounds_->Max(type));
  ARROW_ASSIGN_OR_RAISE(out.min, OneRow(min, pool));
  ARROW_ASSIGN_OR_RAISE(out.max, OneRow(max, pool));
  return out;
}

}  // namespace tarn::format
