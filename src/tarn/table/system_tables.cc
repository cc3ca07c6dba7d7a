// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/system_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/commit/commit_options.h"
#include "tarn/table/metadata_tables.h"
#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

constexpr std::array<std::string_view, 8> kLater = {
    "binlog",       "consumers",    "aggregation_fields", "statistics",
    "file_monitor", "row_tracking", "table_indexes",      "physical_files_size"};

/// Rows of the table with their kinds in front; retractions that are still stored too.
class AuditLog final : public SystemTable {
 public:
  explicit AuditLog(std::shared_ptr<Table> table)
      : table_(std::move(table)), name_(table_->name() + "$audit_log") {
    types::DataField kind;
    kind.id = 2147483642;
    kind.name = "rowkind";
    kind.type = types::DataType::String();
    fields_.push_back(std::move(kind));
    const auto& stored = table_->schema()->fields;
    fields_.insert(fields_.end(), stored.begin(), stored.end());
  }

  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override { return fields_; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    ScanRequest request;
    request.row_kinds = true;
    request.keep_retracts = true;
    std::vector<types::DataField> chosen;
    for (const std::string& column : columns) {
      const int index = types::FieldIndex(fields_, column);
      if (index < 0) return InternalError(610, "No such column:", V("column", column));
      chosen.push_back(fields_[static_cast<size_t>(index)]);
      if (index > 0) request.columns.push_back(column);
    }
    // The scan puts the kinds first; it needs a column of the table besides.
    if (request.columns.empty()) request.columns.push_back(fields_[1].name);
    ARROW_ASSIGN_OR_RAISE(auto reader, table_->Scan(request));
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    return std::make_shared<Reorder>(std::move(reader), std::move(schema));
  }

 private:
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

  std::shared_ptr<Table> table_;
  std::string name_;
  std::vector<types::DataField> fields_;
};

/// What is left of a primary-key table without merging: the files of the highest level.
class ReadOptimized final : public SystemTable {
 public:
  ReadOptimized(std::shared_ptr<Table> table, std::optional<int32_t> level)
      : table_(std::move(table)), name_(table_->name() + "$ro"), level_(level) {}

  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override {
    return table_->schema()->fields;
  }
  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    ScanRequest request;
    request.columns = columns;
    ARROW_ASSIGN_OR_RAISE(scan::Plan plan, table_->PlanScan(request));
    if (level_) {
      for (meta::Split& split : plan.splits) {
        std::erase_if(split.files, [&](const meta::DataFileMeta& file) {
          return file.level != *level_;
        });
      }
      std::erase_if(plan.splits,
                    [](const meta::Split& split) { return split.files.empty(); });
    }
    return table_->Read(plan, request);
  }

 private:
  std::shared_ptr<Table> table_;
  std::string name_;
  std::optional<int32_t> level_;
};

}  // namespace

Result<std::shared_ptr<SystemTable>> OpenSystemTable(std::shared_ptr<Table> table,
                                                     const std::string& kind) {
  if (kind == "audit_log") {
    if (types::FieldIndex(table->schema()->fields, "rowkind") >= 0) {
      return Unsupported(6610, "The audit log of a table with a column 'rowkind':",
                         V("table", table->name()));
    }
    return std::make_shared<AuditLog>(std::move(table));
  }
  if (kind == "ro") {
    std::optional<int32_t> level;
    if (table->schema()->has_primary_key()) {
      ARROW_ASSIGN_OR_RAISE(const auto options,
                            commit::CommitOptions::Make(table->schema()->options));
      level = options.max_level;
    }
    return std::make_shared<ReadOptimized>(std::move(table), level);
  }
  ARROW_ASSIGN_OR_RAISE(auto metadata, OpenMetadataTable(table, kind));
  if (metadata != nullptr) return metadata;
  if (std::find(kLater.begin(), kLater.end(), kind) != kLater.end()) {
    return Unsupported(6611, "System table is not supported yet:",
                       V("table", table->name() + "$" + kind));
  }
  return NotFound(
      4611, "There is no such system table:", V("table", table->name() + "$" + kind));
}

}  // namespace tarn::table
