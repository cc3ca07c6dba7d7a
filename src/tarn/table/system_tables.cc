// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/system_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/base/units.h"
#include "tarn/commit/commit_options.h"
#include "tarn/table/binlog.h"
#include "tarn/table/metadata_tables.h"
#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

constexpr std::array<std::string_view, 4> kLater = {
    "file_monitor", "row_tracking", "physical_files_size", "file_indexes"};

/// What is left of a primary-key table without merging: the files of the highest level.
class ReadOptimized final : public SystemTable {
 public:
  ReadOptimized(std::shared_ptr<Table> table,
                std::shared_ptr<const types::TableSchema> schema,
                std::optional<int32_t> level)
      : table_(std::move(table)),
        schema_(std::move(schema)),
        name_(table_->name() + "$ro"),
        level_(level) {}

  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override { return schema_->fields; }
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
  std::shared_ptr<const types::TableSchema> schema_;
  std::string name_;
  std::optional<int32_t> level_;
};

}  // namespace

Result<std::shared_ptr<SystemTable>> OpenSystemTable(std::shared_ptr<Table> table,
                                                     const std::string& name) {
  // Java finds them in any case.
  const std::string kind = base::ToLower(name);
  if (kind == "audit_log") return OpenAuditLog(std::move(table));
  if (kind == "binlog") return OpenBinlog(std::move(table));
  if (kind == "ro") {
    std::optional<int32_t> level;
    if (table->schema()->has_primary_key()) {
      ARROW_ASSIGN_OR_RAISE(const auto options,
                            commit::CommitOptions::Make(table->schema()->options));
      level = options.max_level;
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, table->SchemaAt({}));
    return std::make_shared<ReadOptimized>(std::move(table), std::move(schema), level);
  }
  ARROW_ASSIGN_OR_RAISE(auto metadata, OpenMetadataTable(table, kind));
  if (metadata != nullptr) return metadata;
  if (kind == "row_tracking") {
    const auto tracking = table->schema()->options.find("row-tracking.enabled");
    if (tracking == table->schema()->options.end() ||
        base::ToLower(tracking->second) != "true") {
      return InvalidInput(1627,
                          "Table does not support row tracking, please enable "
                          "'row-tracking.enabled' option to use this system table:",
                          V("table", table->name() + "$" + kind));
    }
  }
  if (std::find(kLater.begin(), kLater.end(), kind) != kLater.end()) {
    return Unsupported(6611, "System table is not supported yet:",
                       V("table", table->name() + "$" + kind));
  }
  return NotFound(
      4611, "There is no such system table:", V("table", table->name() + "$" + kind));
}

}  // namespace tarn::table
