// SPDX-License-Identifier: Apache-2.0
#include "tests/support/record_run.h"

#include <bit>
#include <cmath>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "tarn/types/arrow_types.h"

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
  return ToDecimal(std::get<__int128>(*value)).ToIntegerString() + "m";
}

std::string ToString(const Record& record) {
  std::string out = fmt::format("{}#{}@L{}(", types::ShortName(record.kind),
                                record.sequence, record.level);
  for (const Value& value : record.values) out += ToString(value) + " ";
  return out + ")";
}

Result<std::shared_ptr<arrow::Array>> ToArray(const DataType& type,
                                              const std::vector<Value>& values) {
  ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
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
