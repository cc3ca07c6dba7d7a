// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/listing.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

Status Append(arrow::ArrayBuilder* builder, int64_t number) {
  switch (builder->type()->id()) {
    case arrow::Type::INT32:
      return static_cast<arrow::Int32Builder*>(builder)->Append(
          static_cast<int32_t>(number));
    case arrow::Type::BOOL:
      return static_cast<arrow::BooleanBuilder*>(builder)->Append(number != 0);
    case arrow::Type::TIMESTAMP:
      return static_cast<arrow::TimestampBuilder*>(builder)->Append(number);
    default:
      return static_cast<arrow::Int64Builder*>(builder)->Append(number);
  }
}

}  // namespace

void Listing::AddColumn(std::string name, types::DataType type) {
  types::DataField field;
  field.id = static_cast<int32_t>(fields_.size());
  field.name = std::move(name);
  field.type = std::move(type);
  fields_.push_back(std::move(field));
}

Result<std::shared_ptr<arrow::Array>> Listing::Column(size_t index) const {
  if (const auto whole = whole_.find(index); whole != whole_.end()) return whole->second;
  ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(fields_[index].type));
  ARROW_ASSIGN_OR_RAISE(auto builder, arrow::MakeBuilder(type, pool_));
  for (const auto& row : rows_) {
    const Cell& cell = row[index];
    if (const int64_t* number = std::get_if<int64_t>(&cell)) {
      ARROW_RETURN_NOT_OK(Append(builder.get(), *number));
    } else if (const std::string* text = std::get_if<std::string>(&cell)) {
      ARROW_RETURN_NOT_OK(
          static_cast<arrow::StringBuilder*>(builder.get())->Append(*text));
    } else {
      ARROW_RETURN_NOT_OK(builder->AppendNull());
    }
  }
  return builder->Finish();
}

int64_t LocalMillis(const Table& table, int64_t epoch_millis) {
  return epoch_millis + table.context().clock->LocalOffsetMillis(epoch_millis);
}

}  // namespace tarn::table
