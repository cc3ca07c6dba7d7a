// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/binlog.h"

#include <utility>
#include <vector>

#include <arrow/api.h>

#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

constexpr const char* kRowKind = "rowkind";

types::DataField KindField() {
  types::DataField kind;
  kind.id = 2147483642;
  kind.name = kRowKind;
  kind.type = types::DataType::String();
  return kind;
}

/// The table's rows with kinds in front, as a reader of the columns asked for.
Result<std::shared_ptr<arrow::RecordBatchReader>> ScanWithKinds(
    const Table& table, const std::vector<types::DataField>& fields,
    const std::vector<std::string>& columns, std::vector<types::DataField>* chosen) {
  ScanRequest request;
  request.row_kinds = true;
  request.keep_retracts = true;
  for (const std::string& column : columns) {
    const int index = types::FieldIndex(fields, column);
    if (index < 0) return InternalError(610, "No such column:", V("column", column));
    chosen->push_back(fields[static_cast<size_t>(index)]);
    if (index > 0) request.columns.push_back(column);
  }
  // The scan puts the kinds first; it needs a column of the table besides.
  if (request.columns.empty()) request.columns.push_back(fields[1].name);
  return table.Scan(request);
}

/// Columns of a scan in the order asked for.
class Reorder final : public arrow::RecordBatchReader {
 public:
  Reorder(std::shared_ptr<arrow::RecordBatchReader> input,
          std::shared_ptr<arrow::Schema> schema)
      : input_(std::move(input)), schema_(std::move(schema)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    std::shared_ptr<arrow::RecordBatch> read;
    ARROW_RETURN_NOT_OK(input_->ReadNext(&read));
    batch->reset();
    if (read == nullptr) return Status::OK();
    arrow::ArrayVector arrays;
    for (const auto& field : schema_->fields()) {
      arrays.push_back(read->GetColumnByName(field->name()));
    }
    *batch = arrow::RecordBatch::Make(schema_, read->num_rows(), std::move(arrays));
    return Status::OK();
  }

 private:
  std::shared_ptr<arrow::RecordBatchReader> input_;
  std::shared_ptr<arrow::Schema> schema_;
};

/// Rows become lists of one; with `pairs` a -U and the row behind it become one of two.
class Pack final : public arrow::RecordBatchReader {
 public:
  Pack(std::shared_ptr<arrow::RecordBatchReader> input,
       std::shared_ptr<arrow::Schema> schema, bool pairs, arrow::MemoryPool* pool)
      : input_(std::move(input)),
        schema_(std::move(schema)),
        pairs_(pairs),
        pool_(pool) {}
  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    while (*batch == nullptr) {
      std::shared_ptr<arrow::RecordBatch> read;
      ARROW_RETURN_NOT_OK(input_->ReadNext(&read));
      if (read == nullptr) {
        if (open_ == nullptr) return Status::OK();
        return Corruption(7620, "The last change of a changelog is half an update.");
      }
      if (open_ != nullptr) {
        ARROW_ASSIGN_OR_RAISE(read,
                              arrow::ConcatenateRecordBatches({open_, read}, pool_));
        open_.reset();
      }
      ARROW_ASSIGN_OR_RAISE(*batch, PackRows(read));
    }
    return Status::OK();
  }

 private:
  /// nullptr when `read` is half an update, which is kept.
  Result<std::shared_ptr<arrow::RecordBatch>> PackRows(
      const std::shared_ptr<arrow::RecordBatch>& read) {
    const auto kinds =
        std::static_pointer_cast<arrow::StringArray>(read->GetColumnByName(kRowKind));
    arrow::Int32Builder offsets(pool_);
    arrow::StringBuilder packed_kinds(pool_);
    int64_t rows = 0;
    while (rows < read->num_rows()) {
      const int64_t width = pairs_ && kinds->GetView(rows) == "-U" ? 2 : 1;
      if (rows + width > read->num_rows()) {
        open_ = read->Slice(rows);
        break;
      }
      ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(rows)));
      ARROW_RETURN_NOT_OK(packed_kinds.Append(kinds->GetView(rows + width - 1)));
      rows += width;
    }
    const int64_t lists = offsets.length();
    if (lists == 0) return nullptr;
    ARROW_RETURN_NOT_OK(offsets.Append(static_cast<int32_t>(rows)));
    ARROW_ASSIGN_OR_RAISE(const auto offset_array, offsets.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto kind_array, packed_kinds.Finish());
    arrow::ArrayVector arrays;
    for (const auto& field : schema_->fields()) {
      if (field->name() == kRowKind) {
        arrays.push_back(kind_array);
        continue;
      }
      const auto values = read->GetColumnByName(field->name())->Slice(0, rows);
      arrays.push_back(std::make_shared<arrow::ListArray>(
          field->type(), lists, offset_array->data()->buffers[1], values));
    }
    return arrow::RecordBatch::Make(schema_, lists, std::move(arrays));
  }

  std::shared_ptr<arrow::RecordBatchReader> input_;
  std::shared_ptr<arrow::Schema> schema_;
  const bool pairs_;
  arrow::MemoryPool* pool_;
  std::shared_ptr<arrow::RecordBatch> open_;  ///< a -U whose +U is still to come
};

class AuditLog final : public SystemTable {
 public:
  AuditLog(std::shared_ptr<Table> table, std::vector<types::DataField> fields)
      : table_(std::move(table)),
        name_(table_->name() + "$audit_log"),
        fields_(std::move(fields)) {}
  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override { return fields_; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    std::vector<types::DataField> chosen;
    ARROW_ASSIGN_OR_RAISE(auto reader, ScanWithKinds(*table_, fields_, columns, &chosen));
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    return std::make_shared<Reorder>(std::move(reader), std::move(schema));
  }

 private:
  std::shared_ptr<Table> table_;
  std::string name_;
  std::vector<types::DataField> fields_;
};

class Binlog final : public SystemTable {
 public:
  Binlog(std::shared_ptr<Table> table, std::vector<types::DataField> fields, bool pairs)
      : table_(std::move(table)),
        name_(table_->name() + "$binlog"),
        plain_(std::move(fields)),
        fields_(plain_),
        pairs_(pairs) {
    for (size_t i = 1; i < fields_.size(); ++i) {
      fields_[i].type = types::DataType::Array(plain_[i].type.WithNullable(true));
    }
  }
  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override { return fields_; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    std::vector<types::DataField> chosen;
    ARROW_ASSIGN_OR_RAISE(auto reader, ScanWithKinds(*table_, plain_, columns, &chosen));
    for (types::DataField& field : chosen) {
      if (field.name == kRowKind) continue;
      field.type = types::DataType::Array(field.type.WithNullable(true));
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    return std::make_shared<Pack>(std::move(reader), std::move(schema), pairs_,
                                  table_->context().pool);
  }

 private:
  std::shared_ptr<Table> table_;
  std::string name_;
  std::vector<types::DataField> plain_;  ///< as the scan answers them
  std::vector<types::DataField> fields_;
  bool pairs_;
};

/// Kinds and then the columns of the state that the options choose.
Result<std::vector<types::DataField>> FieldsWithKind(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(const auto schema, table.SchemaAt({}));
  if (types::FieldIndex(schema->fields, kRowKind) >= 0) {
    return Unsupported(6610, "The audit log of a table with a column 'rowkind':",
                       V("table", table.name()));
  }
  const auto found = table.schema()->options.find("table-read.sequence-number.enabled");
  if (found != table.schema()->options.end() && found->second == "true") {
    return Unsupported(6619, "An audit log with sequence numbers is not there yet:",
                       V("table", table.name()),
                       V("option", "table-read.sequence-number.enabled"));
  }
  std::vector<types::DataField> fields = {KindField()};
  fields.insert(fields.end(), schema->fields.begin(), schema->fields.end());
  return fields;
}

}  // namespace

Result<std::shared_ptr<SystemTable>> OpenAuditLog(std::shared_ptr<Table> table) {
  ARROW_ASSIGN_OR_RAISE(auto fields, FieldsWithKind(*table));
  return std::make_shared<AuditLog>(std::move(table), std::move(fields));
}

Result<std::shared_ptr<SystemTable>> OpenBinlog(std::shared_ptr<Table> table) {
  ARROW_ASSIGN_OR_RAISE(auto fields, FieldsWithKind(*table));
  ARROW_ASSIGN_OR_RAISE(const BatchStart start, table->StartAt({}));
  if (start.kind == BatchStart::Kind::kDiff) {
    return InvalidInput(1618, "The binlog of a difference of two states does not exist:",
                        V("table", table->name()),
                        V("hint", "incremental-between-scan-mode delta or changelog"));
  }
  const bool pairs = start.kind == BatchStart::Kind::kChanges;
  return std::make_shared<Binlog>(std::move(table), std::move(fields), pairs);
}

}  // namespace tarn::table
