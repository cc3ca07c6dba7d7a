// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/duckdb/arrow_forms.h"

#include <arrow/array.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>

#include "tarn/types/canonical_text.h"
#include "tarn/types/instant.h"

namespace tarn::sql {
namespace {

using types::DataType;
using types::TypeRoot;

Status BeyondNanoseconds(const std::string& column, types::MillisAndNanos at) {
  const int64_t seconds = at.millis / 1000 - (at.millis % 1000 < 0 ? 1 : 0);
  std::string text;
  types::AppendInstant(seconds, (at.millis - seconds * 1000) * 1'000'000 + at.nanos, 9,
                       &text);
  return Unsupported(6124,
                     "A timestamp outside 1677 to 2262 in a query that computes with its "
                     "column:",
                     V("column", column), V("value", text));
}

Result<std::shared_ptr<arrow::Array>> ToNanoseconds(
    const arrow::Array& array, const std::shared_ptr<arrow::DataType>& wanted,
    const std::string& column) {
  arrow::TimestampBuilder builder(wanted, arrow::default_memory_pool());
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      builder.UnsafeAppendNull();
      continue;
    }
    const types::FineNanos nanos = types::FineNanosAt(array, i);
    const auto narrow = static_cast<int64_t>(nanos);
    if (narrow != nanos) return BeyondNanoseconds(column, types::ToInstant(nanos));
    builder.UnsafeAppend(narrow);
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> ToDecimals(
    const arrow::Array& array, const std::shared_ptr<arrow::DataType>& wanted) {
  const auto& times = static_cast<const arrow::TimestampArray&>(array);
  arrow::Decimal128Builder builder(wanted, arrow::default_memory_pool());
  ARROW_RETURN_NOT_OK(builder.Reserve(array.length()));
  for (int64_t i = 0; i < array.length(); ++i) {
    if (times.IsNull(i)) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(types::ToDecimal(times.Value(i)));
    }
  }
  return builder.Finish();
}

/// Lists, maps and rows keep their own buffers; their members change.
Result<std::shared_ptr<arrow::Array>> ToNested(
    const arrow::Array& array, const std::shared_ptr<arrow::DataType>& wanted,
    const std::string& column) {
  auto data = array.data()->Copy();
  for (size_t i = 0; i < data->child_data.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto member,
                          ToForm(arrow::MakeArray(data->child_data[i]),
                                 wanted->field(static_cast<int>(i))->type(), column));
    data->child_data[i] = member->data();
  }
  data->type = wanted;
  return arrow::MakeArray(std::move(data));
}

bool IsNested(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::MAP ||
         type.id() == arrow::Type::STRUCT;
}

std::shared_ptr<arrow::Field> Member(const std::shared_ptr<arrow::Field>& own,
                                     const DataType& type, FineForm fine) {
  return own->WithType(DuckDbForm(type, own->type(), fine));
}

}  // namespace

std::shared_ptr<arrow::DataType> DuckDbForm(const DataType& type,
                                            const std::shared_ptr<arrow::DataType>& own,
                                            FineForm fine) {
  switch (type.root()) {
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      if (types::IsFineTimestamp(type)) {
        return fine == FineForm::kDecimal ? own : arrow::timestamp(arrow::TimeUnit::NANO);
      }
      if (type.precision() == 0 && type.root() == TypeRoot::kTimestamp) {
        return arrow::timestamp(arrow::TimeUnit::SECOND);
      }
      return own;
    case TypeRoot::kArray:
      return arrow::list(Member(own->field(0), type.element(), fine));
    case TypeRoot::kMap:
    case TypeRoot::kMultiset: {
      const bool multiset = type.root() == TypeRoot::kMultiset;
      const auto& map = static_cast<const arrow::MapType&>(*own);
      return std::make_shared<arrow::MapType>(
          Member(map.key_field(), multiset ? type.element() : type.key(), fine),
          Member(map.item_field(), multiset ? DataType::Int() : type.element(), fine));
    }
    case TypeRoot::kRow: {
      arrow::FieldVector members;
      for (int i = 0; i < own->num_fields(); ++i) {
        members.push_back(
            Member(own->field(i), type.fields()[static_cast<size_t>(i)].type, fine));
      }
      return arrow::struct_(std::move(members));
    }
    default:
      return own;
  }
}

Result<std::shared_ptr<arrow::Array>> ToForm(
    const std::shared_ptr<arrow::Array>& array,
    const std::shared_ptr<arrow::DataType>& wanted, const std::string& column) {
  const arrow::DataType& own = *array->type();
  if (own.Equals(*wanted)) return array;
  if (own.id() == arrow::Type::DECIMAL128 && wanted->id() == arrow::Type::TIMESTAMP) {
    return ToNanoseconds(*array, wanted, column);
  }
  if (own.id() == arrow::Type::TIMESTAMP && wanted->id() == arrow::Type::DECIMAL128) {
    return ToDecimals(*array, wanted);
  }
  if (IsNested(own) && own.id() == wanted->id() &&
      own.num_fields() == wanted->num_fields()) {
    return ToNested(*array, wanted, column);
  }
  arrow::compute::CastOptions options = arrow::compute::CastOptions::Safe();
  // TIME(3) of ours has milliseconds; no expression of ours makes finer ones.
  options.allow_time_truncate = true;
  return arrow::compute::Cast(*array, wanted, options);
}

}  // namespace tarn::sql
