// SPDX-License-Identifier: Apache-2.0
#include "tests/support/record_run.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/builder.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/instant.h"

namespace tarn::support {
namespace {

using types::DataType;
using types::TypeRoot;

template <typename T>
int CompareFloats(T a, T b) {
  if (a < b) return -1;
  if (a > b) return 1;
  if (std::isnan(a) || std::isnan(b)) return int{std::isnan(a)} - int{std::isnan(b)};
  return int{std::signbit(b)} - int{std::signbit(a)};
}

arrow::Decimal128 ToDecimal(__int128 value) {
  return arrow::Decimal128(static_cast<int64_t>(value >> 64),
                           static_cast<uint64_t>(value));
}

template <typename Builder, typename Stored, typename Held>
Status AppendAll(arrow::ArrayBuilder* builder, const std::vector<Value>& values) {
  auto* typed = static_cast<Builder*>(builder);
  for (const Value& value : values) {
    if (value) {
      ARROW_RETURN_NOT_OK(typed->Append(static_cast<Stored>(std::get<Held>(*value))));
    } else {
      ARROW_RETURN_NOT_OK(typed->AppendNull());
    }
  }
  return Status::OK();
}

class RecordCursor final : public merge::ColumnCursor {
 public:
  RecordCursor(std::shared_ptr<arrow::Array> array, int64_t* read)
      : array_(std::move(array)), read_(read) {}
  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    TARN_CHECK(rows > 0 && position_ + rows <= array_->length());
    auto slice = array_->Slice(position_, rows);
    position_ += rows;
    if (read_ != nullptr) *read_ += rows;
    return slice;
  }
  Status Skip(int64_t rows) override {
    TARN_CHECK(rows > 0 && position_ + rows <= array_->length());
    position_ += rows;
    return Status::OK();
  }

 private:
  std::shared_ptr<arrow::Array> array_;
  int64_t* read_;
  int64_t position_ = 0;
};

class RecordRun final : public merge::SortedRun {
 public:
  arrow::ArrayVector columns;
  std::shared_ptr<arrow::Array> sequences;
  std::shared_ptr<arrow::Array> kinds;
  int32_t run_level = 0;
  RunCounts* counts = nullptr;

  int64_t num_rows() const override { return sequences->length(); }
  int32_t level() const override { return run_level; }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override {
    return std::make_unique<RecordCursor>(
        columns.at(column), counts == nullptr ? nullptr : &counts->rows_read.at(column));
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override {
    return std::make_unique<RecordCursor>(sequences, nullptr);
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override {
    if (kinds == nullptr) return nullptr;
    return std::make_unique<RecordCursor>(kinds, nullptr);
  }
};

}  // namespace

bool Nested::operator==(const Nested& other) const {
  return items->values == other.items->values;
}

bool Nested::operator<(const Nested& other) const {
  const auto& a = items->values;
  const auto& b = other.items->values;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int compared = CompareValues(a[i], b[i])) return compared < 0;
  }
  return a.size() < b.size();
}

Value NestedOf(std::vector<Value> items) {
  return Nested{std::make_shared<const NestedItems>(NestedItems{std::move(items)})};
}

const std::vector<Value>& ItemsOf(const Value& value) {
  return std::get<Nested>(*value).items->values;
}

int CompareValues(const Value& a, const Value& b) {
  if (!a || !b) return int{a.has_value()} - int{b.has_value()};
  if (const auto* text = std::get_if<std::string>(&*a)) {
    return text->compare(std::get<std::string>(*b));
  }
  if (const auto* number = std::get_if<float>(&*a)) {
    return CompareFloats(*number, std::get<float>(*b));
  }
  if (const auto* number = std::get_if<double>(&*a)) {
    return CompareFloats(*number, std::get<double>(*b));
  }
  return *a < *b ? -1 : *b < *a ? 1 : 0;
}

std::string ToString(const Value& value) {
  if (!value) return "null";
  if (const auto* text = std::get_if<std::string>(&*value))
    return fmt::format("'{}'", *text);
  if (const auto* flag = std::get_if<bool>(&*value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&*value)) return std::to_string(*number);
  if (const auto* number = std::get_if<float>(&*value))
    return fmt::format("{}f", *number);
  if (const auto* number = std::get_if<double>(&*value))
    return fmt::format("{}d", *number);
  if (std::holds_alternative<Nested>(*value)) {
    std::string out = "[";
    for (const Value& item : ItemsOf(value)) out += ToString(item) + " ";
    return out + "]";
  }
  return ToDecimal(std::get<__int128>(*value)).ToIntegerString() + "m";
}

std::string ToString(const Record& record) {
  std::string out = fmt::format("{}#{}@L{}(", types::ShortName(record.kind),
                                record.sequence, record.level);
  for (const Value& value : record.values) out += ToString(value) + " ";
  return out + ")";
}

namespace {

Result<std::shared_ptr<arrow::Buffer>> Validity(const std::vector<Value>& values) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bits,
                        arrow::AllocateEmptyBitmap(static_cast<int64_t>(values.size())));
  for (size_t i = 0; i < values.size(); ++i) {
    arrow::bit_util::SetBitTo(bits->mutable_data(), static_cast<int64_t>(i),
                              values[i].has_value());
  }
  return bits;
}

/// Item `index` of each value, NULL under NULL.
std::vector<Value> ItemsAt(const std::vector<Value>& values, size_t index) {
  std::vector<Value> out;
  for (const Value& value : values) {
    out.push_back(value ? ItemsOf(value).at(index) : Value());
  }
  return out;
}

Result<std::shared_ptr<arrow::Array>> ToRows(const std::shared_ptr<arrow::DataType>& type,
                                             const std::vector<DataType>& fields,
                                             const std::vector<Value>& values,
                                             bool nullable) {
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  for (size_t f = 0; f < fields.size(); ++f) {
    ARROW_ASSIGN_OR_RAISE(auto child, ToArray(fields[f], ItemsAt(values, f)));
    children.push_back(child->data());
  }
  std::shared_ptr<arrow::Buffer> bits;
  if (nullable) {
    ARROW_ASSIGN_OR_RAISE(bits, Validity(values));
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, static_cast<int64_t>(values.size()), {bits}, std::move(children)));
}

Result<std::shared_ptr<arrow::Array>> ToNested(
    const DataType& type, const std::shared_ptr<arrow::DataType>& arrow_type,
    const std::vector<Value>& values) {
  if (type.root() == TypeRoot::kRow) {
    std::vector<DataType> fields;
    for (const auto& field : type.fields()) fields.push_back(field.type);
    return ToRows(arrow_type, fields, values, true);
  }
  std::vector<Value> items;
  arrow::TypedBufferBuilder<int32_t> offsets;
  ARROW_RETURN_NOT_OK(offsets.Append(0));
  for (const Value& value : values) {
    if (value) items.insert(items.end(), ItemsOf(value).begin(), ItemsOf(value).end());
    ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(items.size())));
  }
  std::shared_ptr<arrow::Array> elements;
  if (type.root() == TypeRoot::kMap) {
    ARROW_ASSIGN_OR_RAISE(
        elements, ToRows(static_cast<const arrow::MapType&>(*arrow_type).value_type(),
                         {type.key(), type.element()}, items, false));
  } else {
    ARROW_ASSIGN_OR_RAISE(elements, ToArray(type.element(), items));
  }
  ARROW_ASSIGN_OR_RAISE(auto bits, Validity(values));
  ARROW_ASSIGN_OR_RAISE(auto ends, offsets.Finish());
  return arrow::MakeArray(
      arrow::ArrayData::Make(arrow_type, static_cast<int64_t>(values.size()),
                             {std::move(bits), std::move(ends)}, {elements->data()}));
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> ToArray(const DataType& type,
                                              const std::vector<Value>& values) {
  ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
  if (type.IsNested()) return ToNested(type, arrow_type, values);
  ARROW_ASSIGN_OR_RAISE(auto builder, arrow::MakeBuilder(arrow_type));
  auto* b = builder.get();
  Status status;
  switch (arrow_type->id()) {
    case arrow::Type::BOOL:
      status = AppendAll<arrow::BooleanBuilder, bool, bool>(b, values);
      break;
    case arrow::Type::INT8:
      status = AppendAll<arrow::Int8Builder, int8_t, int64_t>(b, values);
      break;
    case arrow::Type::INT16:
      status = AppendAll<arrow::Int16Builder, int16_t, int64_t>(b, values);
      break;
    case arrow::Type::INT32:
      status = AppendAll<arrow::Int32Builder, int32_t, int64_t>(b, values);
      break;
    case arrow::Type::DATE32:
      status = AppendAll<arrow::Date32Builder, int32_t, int64_t>(b, values);
      break;
    case arrow::Type::INT64:
      status = AppendAll<arrow::Int64Builder, int64_t, int64_t>(b, values);
      break;
    case arrow::Type::TIMESTAMP:
      status = AppendAll<arrow::TimestampBuilder, int64_t, int64_t>(b, values);
      break;
    case arrow::Type::FLOAT:
      status = AppendAll<arrow::FloatBuilder, float, float>(b, values);
      break;
    case arrow::Type::DOUBLE:
      status = AppendAll<arrow::DoubleBuilder, double, double>(b, values);
      break;
    case arrow::Type::DECIMAL128: {
      auto* decimals = static_cast<arrow::Decimal128Builder*>(b);
      for (const Value& value : values) {
        status &= value ? decimals->Append(ToDecimal(std::get<__int128>(*value)))
                        : decimals->AppendNull();
      }
      break;
    }
    case arrow::Type::STRING:
      status = AppendAll<arrow::StringBuilder, std::string, std::string>(b, values);
      break;
    case arrow::Type::BINARY:
      status = AppendAll<arrow::BinaryBuilder, std::string, std::string>(b, values);
      break;
    default:
      return Unsupported(6040,
                         "Records of tests lack this type:", V("type", type.ToString()));
  }
  ARROW_RETURN_NOT_OK(status);
  return b->Finish();
}

Value FromArray(const DataType& type, const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return std::nullopt;
  switch (type.root()) {
    case TypeRoot::kRow: {
      std::vector<Value> fields;
      for (size_t f = 0; f < type.fields().size(); ++f) {
        const auto& rows = static_cast<const arrow::StructArray&>(array);
        fields.push_back(
            FromArray(type.fields()[f].type, *rows.field(static_cast<int>(f)), row));
      }
      return NestedOf(std::move(fields));
    }
    case TypeRoot::kArray: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      std::vector<Value> items;
      for (int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
        items.push_back(FromArray(type.element(), *list.values(), i));
      }
      return NestedOf(std::move(items));
    }
    case TypeRoot::kMap: {
      const auto& map = static_cast<const arrow::MapArray&>(array);
      std::vector<Value> entries;
      for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
        entries.push_back(NestedOf({FromArray(type.key(), *map.keys(), i),
                                    FromArray(type.element(), *map.items(), i)}));
      }
      return NestedOf(std::move(entries));
    }
    case TypeRoot::kBoolean:
      return static_cast<const arrow::BooleanArray&>(array).Value(row);
    case TypeRoot::kTinyInt:
      return int64_t{static_cast<const arrow::Int8Array&>(array).Value(row)};
    case TypeRoot::kSmallInt:
      return int64_t{static_cast<const arrow::Int16Array&>(array).Value(row)};
    case TypeRoot::kInt:
      return int64_t{static_cast<const arrow::Int32Array&>(array).Value(row)};
    case TypeRoot::kDate:
      return int64_t{static_cast<const arrow::Date32Array&>(array).Value(row)};
    case TypeRoot::kBigInt:
      return static_cast<const arrow::Int64Array&>(array).Value(row);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      if (types::IsFineTimestamp(type)) return types::FineNanosAt(array, row);
      return static_cast<const arrow::TimestampArray&>(array).Value(row);
    case TypeRoot::kFloat:
      return static_cast<const arrow::FloatArray&>(array).Value(row);
    case TypeRoot::kDouble:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    case TypeRoot::kDecimal: {
      const arrow::Decimal128 value(
          static_cast<const arrow::Decimal128Array&>(array).GetValue(row));
      return static_cast<__int128>(value.high_bits()) << 64 | value.low_bits();
    }
    default:
      return static_cast<const arrow::BinaryArray&>(array).GetString(row);
  }
}

Result<std::unique_ptr<merge::SortedRun>> MakeRecordRun(
    const std::vector<types::DataField>& fields, const std::vector<Record>& records,
    int32_t level, RunCounts* counts) {
  auto run = std::make_unique<RecordRun>();
  run->run_level = level;
  run->counts = counts;
  if (counts != nullptr) counts->rows_read.assign(fields.size(), 0);
  for (size_t column = 0; column < fields.size(); ++column) {
    std::vector<Value> cells;
    for (const Record& record : records) cells.push_back(record.values.at(column));
    ARROW_ASSIGN_OR_RAISE(auto array, ToArray(fields[column].type, cells));
    run->columns.push_back(std::move(array));
  }
  arrow::Int64Builder sequences;
  arrow::Int8Builder kinds;
  bool only_inserts = true;
  for (const Record& record : records) {
    ARROW_RETURN_NOT_OK(sequences.Append(record.sequence));
    ARROW_RETURN_NOT_OK(kinds.Append(static_cast<int8_t>(record.kind)));
    only_inserts &= record.kind == types::RowKind::kInsert;
  }
  ARROW_RETURN_NOT_OK(sequences.Finish(&run->sequences));
  ARROW_RETURN_NOT_OK(kinds.Finish(&run->kinds));
  if (only_inserts) run->kinds = nullptr;
  return run;
}

}  // namespace tarn::support
