// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/duckdb/result_reader.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <duckdb/common/arrow/arrow_appender.hpp>
#include <duckdb/common/arrow/arrow_converter.hpp>
#include <duckdb/common/arrow/arrow_wrapper.hpp>

#include "tarn/sql/duckdb/arrow_forms.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/instant.h"

namespace tarn::sql {
namespace {

using duckdb::LogicalTypeId;
using types::DataType;
using types::TypeRoot;

constexpr int64_t kBatchRows = 8192;

bool HoldsFine(const duckdb::LogicalType& type) {
  return type.id() == LogicalTypeId::TIMESTAMP_NS ||
         (type.id() == LogicalTypeId::DECIMAL &&
          duckdb::DecimalType::GetWidth(type) == types::kFineDigits &&
          duckdb::DecimalType::GetScale(type) == types::kFineScale);
}

bool Holds(const duckdb::LogicalType& type, const DataType& declared) {
  switch (declared.root()) {
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return type.id() == LogicalTypeId::VARCHAR;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return type.id() == LogicalTypeId::BLOB;
    case TypeRoot::kTime:
      return type.id() == LogicalTypeId::TIME;
    case TypeRoot::kTimestamp:
      if (types::IsFineTimestamp(declared)) return HoldsFine(type);
      if (declared.precision() == 0) return type.id() == LogicalTypeId::TIMESTAMP_SEC;
      if (declared.precision() <= 3) return type.id() == LogicalTypeId::TIMESTAMP_MS;
      return type.id() == LogicalTypeId::TIMESTAMP;
    case TypeRoot::kLocalZonedTimestamp:
      if (types::IsFineTimestamp(declared)) return HoldsFine(type);
      return type.id() == LogicalTypeId::TIMESTAMP_TZ;
    case TypeRoot::kArray:
      return type.id() == LogicalTypeId::LIST &&
             Holds(duckdb::ListType::GetChildType(type), declared.element());
    case TypeRoot::kMap:
      return type.id() == LogicalTypeId::MAP &&
             Holds(duckdb::MapType::KeyType(type), declared.key()) &&
             Holds(duckdb::MapType::ValueType(type), declared.element());
    case TypeRoot::kMultiset:
      return type.id() == LogicalTypeId::MAP;
    case TypeRoot::kRow: {
      if (type.id() != LogicalTypeId::STRUCT) return false;
      const auto& children = duckdb::StructType::GetChildTypes(type);
      if (children.size() != declared.fields().size()) return false;
      for (size_t i = 0; i < children.size(); ++i) {
        if (!Holds(children[i].second, declared.fields()[i].type)) return false;
      }
      return true;
    }
    case TypeRoot::kVariant: {
      if (type.id() != LogicalTypeId::STRUCT) return false;
      const auto& children = duckdb::StructType::GetChildTypes(type);
      return children.size() == 2 && children[0].first == "value" &&
             children[0].second.id() == LogicalTypeId::BLOB &&
             children[1].first == "metadata" &&
             children[1].second.id() == LogicalTypeId::BLOB;
    }
    case TypeRoot::kDecimal:
      return type.id() == LogicalTypeId::DECIMAL &&
             duckdb::DecimalType::GetWidth(type) == declared.precision() &&
             duckdb::DecimalType::GetScale(type) == declared.scale();
    case TypeRoot::kBoolean:
      return type.id() == LogicalTypeId::BOOLEAN;
    case TypeRoot::kTinyInt:
      return type.id() == LogicalTypeId::TINYINT;
    case TypeRoot::kSmallInt:
      return type.id() == LogicalTypeId::SMALLINT;
    case TypeRoot::kInt:
      return type.id() == LogicalTypeId::INTEGER;
    case TypeRoot::kBigInt:
      return type.id() == LogicalTypeId::BIGINT;
    case TypeRoot::kFloat:
      return type.id() == LogicalTypeId::FLOAT;
    case TypeRoot::kDouble:
      return type.id() == LogicalTypeId::DOUBLE;
    case TypeRoot::kDate:
      return type.id() == LogicalTypeId::DATE;
    default:
      return false;
  }
}

Result<DataType> NestedTypeOf(const duckdb::LogicalType& type) {
  if (type.id() == LogicalTypeId::LIST) {
    ARROW_ASSIGN_OR_RAISE(DataType element,
                          LogicalTypeOf(duckdb::ListType::GetChildType(type), {}));
    return DataType::Array(std::move(element));
  }
  if (type.id() == LogicalTypeId::MAP) {
    ARROW_ASSIGN_OR_RAISE(DataType key,
                          LogicalTypeOf(duckdb::MapType::KeyType(type), {}));
    ARROW_ASSIGN_OR_RAISE(DataType value,
                          LogicalTypeOf(duckdb::MapType::ValueType(type), {}));
    return DataType::Map(std::move(key), std::move(value));
  }
  std::vector<types::DataField> fields;
  for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
    types::DataField field;
    field.id = static_cast<int32_t>(fields.size());
    field.name = name.empty() ? fmt::format("EXPR${}", fields.size()) : name;
    ARROW_ASSIGN_OR_RAISE(field.type, LogicalTypeOf(child, {}));
    fields.push_back(std::move(field));
  }
  return DataType::Row(std::move(fields));
}

// DuckDB's structs have members that may be NULL; those of a variant are not. A member's
// NULLs then stand under those of the struct alone.
Result<std::shared_ptr<arrow::Array>> ToVariant(
    const std::shared_ptr<arrow::Array>& column,
    const std::shared_ptr<arrow::DataType>& wanted) {
  ARROW_ASSIGN_OR_RAISE(const auto whole, arrow::Concatenate({column}));
  const auto& rows = static_cast<const arrow::StructArray&>(*whole);
  arrow::ArrayVector members;
  for (int i = 0; i < rows.num_fields(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto member,
                          arrow::compute::Cast(*rows.field(i), wanted->field(i)->type()));
    members.push_back(std::move(member));
  }
  return std::make_shared<arrow::StructArray>(wanted, rows.length(), std::move(members),
                                              rows.null_bitmap(), rows.null_count());
}

class ResultReader final : public arrow::RecordBatchReader {
 public:
  ResultReader(std::shared_ptr<duckdb::Connection> connection,
               std::shared_ptr<duckdb::QueryResult> result,
               std::shared_ptr<arrow::Schema> schema,
               std::function<Status(const duckdb::ErrorData&)> failure)
      : connection_(std::move(connection)),
        result_(std::move(result)),
        schema_(std::move(schema)),
        failure_(std::move(failure)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    if (done_) return Status::OK();
    try {
      return Next(batch);
    } catch (const std::exception& error) {
      done_ = true;
      return failure_(duckdb::ErrorData(error));
    }
  }

 private:
  Status Next(std::shared_ptr<arrow::RecordBatch>* batch) {
    duckdb::ArrowAppender appender(result_->types, kBatchRows, result_->client_properties,
                                   {});
    while (static_cast<int64_t>(appender.RowCount()) < kBatchRows) {
      duckdb::unique_ptr<duckdb::DataChunk> chunk;
      duckdb::ErrorData error;
      if (!result_->TryFetch(chunk, error)) {
        done_ = true;
        return failure_(error);
      }
      if (chunk == nullptr || chunk->size() == 0) {
        done_ = true;
        break;
      }
      appender.Append(*chunk, 0, chunk->size(), chunk->size());
    }
    if (appender.RowCount() == 0) return Status::OK();
    return Convert(appender.Finalize(), batch);
  }

  Status Convert(ArrowArray array, std::shared_ptr<arrow::RecordBatch>* batch) {
    ArrowSchema exported;
    duckdb::ArrowConverter::ToArrowSchema(&exported, result_->types, result_->names,
                                          result_->client_properties);
    ARROW_ASSIGN_OR_RAISE(auto imported, arrow::ImportRecordBatch(&array, &exported));
    arrow::ArrayVector columns;
    for (int i = 0; i < imported->num_columns(); ++i) {
      auto column = imported->column(i);
      const auto& wanted = schema_->field(i)->type();
      if (wanted->Equals(*variant_)) {
        ARROW_ASSIGN_OR_RAISE(column, ToVariant(column, wanted));
      } else {
        ARROW_ASSIGN_OR_RAISE(column, ToForm(column, wanted, schema_->field(i)->name()));
      }
      columns.push_back(std::move(column));
    }
    *batch = arrow::RecordBatch::Make(schema_, imported->num_rows(), std::move(columns));
    return Status::OK();
  }

  // The result refers to the connection: it dies first.
  std::shared_ptr<duckdb::Connection> connection_;
  std::shared_ptr<duckdb::QueryResult> result_;
  std::shared_ptr<arrow::Schema> schema_;
  std::function<Status(const duckdb::ErrorData&)> failure_;
  const std::shared_ptr<arrow::DataType> variant_ =
      types::ToArrow(DataType::Variant()).ValueOrDie();
  bool done_ = false;
};

}  // namespace

Result<DataType> LogicalTypeOf(const duckdb::LogicalType& type,
                               const std::optional<DataType>& declared) {
  if (declared && Holds(type, *declared)) return declared->WithNullable(true);
  switch (type.id()) {
    case LogicalTypeId::SQLNULL:
      return Unsupported(6120,
                         "A column is NULL without a type; write CAST(NULL AS ...)");
    case LogicalTypeId::BOOLEAN:
      return DataType::Boolean();
    case LogicalTypeId::TINYINT:
      return DataType::TinyInt();
    case LogicalTypeId::SMALLINT:
      return DataType::SmallInt();
    case LogicalTypeId::INTEGER:
      return DataType::Int();
    case LogicalTypeId::BIGINT:
      return DataType::BigInt();
    case LogicalTypeId::FLOAT:
      return DataType::Float();
    case LogicalTypeId::DOUBLE:
      return DataType::Double();
    case LogicalTypeId::DECIMAL:
      return DataType::Decimal(duckdb::DecimalType::GetWidth(type),
                               duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::VARCHAR:
      return DataType::String();
    case LogicalTypeId::BLOB:
      return DataType::Bytes();
    case LogicalTypeId::DATE:
      return DataType::Date();
    case LogicalTypeId::TIME:
      return DataType::Time(0);
    case LogicalTypeId::TIMESTAMP_SEC:
      return DataType::Timestamp(0);
    case LogicalTypeId::TIMESTAMP_MS:
      return DataType::Timestamp(3);
    case LogicalTypeId::TIMESTAMP:
      return DataType::Timestamp(6);
    case LogicalTypeId::TIMESTAMP_NS:
      return DataType::Timestamp(9);
    case LogicalTypeId::TIMESTAMP_TZ:
      return DataType::LocalZonedTimestamp(6);
    case LogicalTypeId::LIST:
    case LogicalTypeId::MAP:
    case LogicalTypeId::STRUCT:
      return NestedTypeOf(type);
    default:
      return Unsupported(6121, "A column has a type that Flink does not have here:",
                         V("type", type.ToString()));
  }
}

std::shared_ptr<arrow::RecordBatchReader> MakeResultReader(
    std::shared_ptr<duckdb::Connection> connection,
    std::shared_ptr<duckdb::QueryResult> result, std::shared_ptr<arrow::Schema> schema,
    std::function<Status(const duckdb::ErrorData&)> failure) {
  return std::make_shared<ResultReader>(std::move(connection), std::move(result),
                                        std::move(schema), std::move(failure));
}

}  // namespace tarn::sql
