// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_values.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "tarn/format/shared_shredding.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kNanosPerDay = 86400 * kNanosPerSecond;
constexpr int64_t kEpochSeconds = 1'420'070'400;  // 2015-01-01, where ORC counts from
// Fractions of negative seconds were stored with the second rounded towards zero; below
// a millisecond there was nothing to round (ORC's `TimestampTreeReader`).
constexpr int64_t kRoundedNanosMin = 1'000'000;
constexpr uint64_t kStreamSecondary = 5;

int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

bool Matches(OrcKind kind, TypeRoot root) {
  switch (root) {
    case TypeRoot::kBoolean:
      return kind == OrcKind::kBoolean;
    case TypeRoot::kTinyInt:
      return kind == OrcKind::kByte;
    case TypeRoot::kSmallInt:
      return kind == OrcKind::kShort;
    case TypeRoot::kInt:
    case TypeRoot::kTime:
      return kind == OrcKind::kInt;
    case TypeRoot::kBigInt:
      return kind == OrcKind::kLong;
    case TypeRoot::kFloat:
      return kind == OrcKind::kFloat;
    case TypeRoot::kDouble:
      return kind == OrcKind::kDouble;
    case TypeRoot::kDecimal:
      return kind == OrcKind::kDecimal;
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return kind == OrcKind::kString || kind == OrcKind::kVarchar ||
             kind == OrcKind::kChar;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return kind == OrcKind::kBinary;
    case TypeRoot::kDate:
      return kind == OrcKind::kDate;
    case TypeRoot::kTimestamp:
      return kind == OrcKind::kTimestamp;
    case TypeRoot::kLocalZonedTimestamp:
      return kind == OrcKind::kTimestampInstant;
    case TypeRoot::kArray:
      return kind == OrcKind::kList;
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return kind == OrcKind::kMap;
    case TypeRoot::kRow:
      return kind == OrcKind::kStruct;
    default:
      return false;
  }
}

/// Types of what a type nests, in the order of ORC's children.
std::vector<types::DataField> ChildrenOf(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kArray:
      return {{0, "element", type.element()}};
    case TypeRoot::kMap:
      return {{0, "key", type.key()}, {0, "value", type.element()}};
    case TypeRoot::kMultiset:
      return {{0, "key", type.element()}, {0, "value", DataType::Int().NotNull()}};
    case TypeRoot::kRow:
      return type.fields();
    default:
      return {};
  }
}

bool IsTime(TypeRoot root) {
  return root == TypeRoot::kTimestamp || root == TypeRoot::kLocalZonedTimestamp;
}

/// Without trailing blanks, and at most `length` characters.
std::string_view CharText(std::string_view text, int32_t length) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.size() <= static_cast<size_t>(length)) return text;
  int32_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xc0) == 0x80) continue;
    if (characters++ == length) return text.substr(0, i);
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<OrcValues>> OrcValues::Make(const OrcTail& tail, uint32_t number,
                                                   const std::string& path,
                                                   const DataType& type,
                                                   const Options& options) {
  std::unique_ptr<OrcValues> out(new OrcValues());
  out->number_ = number;
  out->path_ = path;
  out->type_ = type;
  out->options_ = options;
  out->is_wall_clock_ =
      options.legacy_instants && type.root() == TypeRoot::kLocalZonedTimestamp;
  ARROW_ASSIGN_OR_RAISE(out->arrow_type_, types::ToArrow(type));
  const OrcType& stored = tail.types[number];
  const auto mismatch = [&] {
    return Corruption(
        7536, "ORC column has another type than its schema states:", V("column", path),
        V("stored", NameOf(stored.kind)), V("wanted", type.ToString()));
  };
  if (type.root() == TypeRoot::kMap &&
      std::find(stored.names.begin(), stored.names.end(), kSharedShreddingMark) !=
          stored.names.end()) {
    return SharedShreddingRefused(path);
  }
  if (!Matches(stored.kind, type.root())) return mismatch();
  if (type.root() == TypeRoot::kDecimal &&
      (stored.precision > type.precision() || stored.scale != type.scale())) {
    return mismatch();
  }
  const std::vector<types::DataField> fields = ChildrenOf(type);
  if (fields.size() != stored.children.size()) return mismatch();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (type.root() == TypeRoot::kRow && stored.names[i] != fields[i].name) {
      return mismatch();
    }
    ARROW_ASSIGN_OR_RAISE(auto child,
                          Make(tail, stored.children[i], path + "." + fields[i].name,
                               fields[i].type, options));
    out->children_.push_back(std::move(child));
  }
  return out;
}

bool OrcValues::has_timestamps() const {
  return IsTime(type_.root()) ||
         std::any_of(children_.begin(), children_.end(),
                     [](const auto& child) { return child->has_timestamps(); });
}

Status OrcValues::OpenNanos(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                            const OrcTail& tail, const OrcStripeFooter& footer) {
  for (const auto& child : children_) {
    ARROW_RETURN_NOT_OK(child->OpenNanos(file, tail, footer));
  }
  if (!IsTime(type_.root())) return Status::OK();
  const OrcStream* stream = footer.Find(kStreamSecondary, number_);
  // Without the stream there are no values; a reader of nothing says so when asked.
  OrcChunkReader chunks(file, tail.blocks, stream == nullptr ? 0 : stream->offset,
                        stream == nullptr ? 0 : stream->bytes);
  const uint64_t encoding =
      number_ < footer.encodings.size() ? footer.encodings[number_] : 0;
  nanos_ = std::make_unique<OrcNumberReader>(std::move(chunks), encoding >= 2);
  return Status::OK();
}

void OrcValues::CloseNanos() {
  nanos_.reset();
  for (const auto& child : children_) child->CloseNanos();
}

Result<std::shared_ptr<arrow::Array>> OrcValues::Convert(const arrow::Array& array) {
  ARROW_ASSIGN_OR_RAISE(auto data, ConvertData(array.data()));
  return arrow::MakeArray(std::move(data));
}

Result<std::shared_ptr<arrow::ArrayData>> OrcValues::ConvertData(
    const std::shared_ptr<arrow::ArrayData>& data) {
  TARN_CHECK(data->offset == 0, V("column", path_));
  if (IsTime(type_.root())) return ConvertTimes(*data);
  if (type_.root() == TypeRoot::kChar) return ConvertText(*data);
  if (type_.root() == TypeRoot::kDecimal) ARROW_RETURN_NOT_OK(CheckDecimals(*data));
  auto out = data->Copy();
  out->type = arrow_type_;
  if (type_.root() == TypeRoot::kMap || type_.root() == TypeRoot::kMultiset) {
    const auto entries = data->child_data[0]->Copy();
    entries->type = arrow_type_->field(0)->type();
    if (entries->child_data[0]->GetNullCount() != 0) {
      return Unsupported(6535, "NULL keys of a map cannot be read:", V("column", path_));
    }
    for (size_t i = 0; i < children_.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(entries->child_data[i],
                            children_[i]->ConvertData(entries->child_data[i]));
    }
    out->child_data[0] = entries;
    return out;
  }
  for (size_t i = 0; i < children_.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(out->child_data[i],
                          children_[i]->ConvertData(data->child_data[i]));
  }
  return out;
}

Result<std::shared_ptr<arrow::ArrayData>> OrcValues::ConvertText(
    const arrow::ArrayData& data) {
  const arrow::StringArray array(data.Copy());
  arrow::StringBuilder builder(options_.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  ARROW_RETURN_NOT_OK(builder.ReserveData(array.total_values_length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(CharText(array.GetView(i), type_.length()));
    }
  }
  std::shared_ptr<arrow::ArrayData> out;
  ARROW_RETURN_NOT_OK(builder.FinishInternal(&out));
  return out;
}

Status OrcValues::OutOfRange() const {
  return Unsupported(6536, "A timestamp lies outside what its precision holds here:",
                     V("column", path_), V("type", type_.ToString()));
}

/// The stored second and its nanoseconds, counted from 1970.
Result<OrcTime> OrcValues::StoredTime(int64_t stored, uint64_t nanos) const {
  const uint64_t zeros = nanos & 7;
  uint64_t fraction = nanos >> 3;
  if (fraction >= kNanosPerSecond) fraction = kNanosPerSecond;
  if (zeros != 0) {
    for (uint64_t i = 0; i <= zeros; ++i) fraction *= 10;
  }
  if (fraction >= kNanosPerSecond) {
    return Corruption(
        7537, "ORC column has more nanoseconds than a second:", V("column", path_));
  }
  OrcTime out;
  out.nanos = static_cast<int64_t>(fraction);
  if (__builtin_add_overflow(stored, kEpochSeconds, &out.seconds)) return OutOfRange();
  if (out.seconds < 0 && out.nanos >= kRoundedNanosMin) --out.seconds;
  return out;
}

/// The library shifts a second from the writer's zone before it asks whether it was
/// negative, and so rounded: near 1970 the answer is that of another second.
Status OrcValues::CheckShifted(int64_t stored) const {
  const bool near = stored > -kNanosPerDay && stored < kNanosPerDay;
  const int64_t fraction =
      stored - FloorDivide(stored, kNanosPerSecond) * kNanosPerSecond;
  if (!near || fraction < kRoundedNanosMin) return Status::OK();
  return Unsupported(
      6539,
      "A fraction of a second within a day of 1970-01-01 in an ORC file of "
      "another time zone than UTC:",
      V("column", path_));
}

/// \param stored  seconds of the file with `nanos`, or nanoseconds since 1970
Status OrcValues::TimeOf(int64_t stored, uint64_t nanos, int64_t* out) const {
  const int64_t unit = OrcTimes::UnitNanos(type_);
  int64_t whole = 0;
  bool fits = true;
  if (nanos_ == nullptr) {
    ARROW_RETURN_NOT_OK(CheckShifted(stored));
    whole = FloorDivide(stored, unit);
  } else {
    ARROW_ASSIGN_OR_RAISE(const OrcTime time, StoredTime(stored, nanos));
    fits = !__builtin_mul_overflow(time.seconds, kNanosPerSecond / unit, &whole) &&
           !__builtin_add_overflow(whole, time.nanos / unit, &whole);
  }
  if (fits && is_wall_clock_) {
    const int64_t millis =
        unit == 1'000'000 ? whole : FloorDivide(whole, 1'000'000 / unit);
    int64_t shift = 0;
    fits = !__builtin_mul_overflow(options_.clock->LocalOffsetMillis(millis),
                                   1'000'000 / unit, &shift) &&
           !__builtin_add_overflow(whole, shift, &whole);
  }
  *out = whole;
  return fits ? Status::OK() : OutOfRange();
}

/// The same for a fine column.
Status OrcValues::TimeOf(int64_t stored, uint64_t nanos, arrow::Decimal128* out) const {
  types::FineNanos whole = stored;
  if (nanos_ == nullptr) {
    ARROW_RETURN_NOT_OK(CheckShifted(stored));
  } else {
    ARROW_ASSIGN_OR_RAISE(const OrcTime time, StoredTime(stored, nanos));
    whole = types::FineNanos{time.seconds} * kNanosPerSecond + time.nanos;
  }
  if (types::HoldsFineNanos(whole) && is_wall_clock_) {
    const int64_t millis = types::ToInstant(whole).millis;
    whole += types::FineNanos{options_.clock->LocalOffsetMillis(millis)} * 1'000'000;
  }
  *out = types::ToDecimal(whole);
  return types::HoldsFineNanos(whole) ? Status::OK() : OutOfRange();
}

Result<std::shared_ptr<arrow::ArrayData>> OrcValues::ConvertTimes(
    const arrow::ArrayData& data) {
  return types::IsFineTimestamp(type_) ? ConvertTimesTo<arrow::Decimal128>(data)
                                       : ConvertTimesTo<int64_t>(data);
}

template <typename Value>
Result<std::shared_ptr<arrow::ArrayData>> OrcValues::ConvertTimesTo(
    const arrow::ArrayData& data) {
  const int64_t rows = data.length;
  const int64_t values = rows - data.GetNullCount();
  std::vector<uint64_t> nanos(static_cast<size_t>(nanos_ == nullptr ? 0 : values));
  if (!nanos.empty()) ARROW_RETURN_NOT_OK(nanos_->Read(nanos));
  ARROW_ASSIGN_OR_RAISE(
      auto buffer,
      arrow::AllocateBuffer(rows * static_cast<int64_t>(sizeof(Value)), options_.pool));
  auto* out = reinterpret_cast<Value*>(buffer->mutable_data());
  const auto* stored = data.GetValues<int64_t>(1);
  size_t next = 0;
  for (int64_t i = 0; i < rows; ++i) {
    out[i] = Value();
    if (data.IsNull(i)) continue;
    ARROW_RETURN_NOT_OK(
        TimeOf(stored[i], nanos_ == nullptr ? 0 : nanos[next++], &out[i]));
  }
  return arrow::ArrayData::Make(
      arrow_type_, rows,
      std::vector<std::shared_ptr<arrow::Buffer>>{data.buffers[0], std::move(buffer)},
      data.GetNullCount());
}

Status OrcValues::CheckDecimals(const arrow::ArrayData& data) const {
  const arrow::Decimal128Array array(data.Copy());
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) continue;
    if (!arrow::Decimal128(array.GetValue(i)).FitsInPrecision(type_.precision())) {
      return Corruption(7538, "ORC column has a decimal that is wider than its type:",
                        V("column", path_), V("type", type_.ToString()));
    }
  }
  return Status::OK();
}

}  // namespace tarn::format
