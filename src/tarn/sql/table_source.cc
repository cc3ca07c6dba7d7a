// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/table_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>

namespace tarn::sql {
namespace {

std::string_view OpText(expr::CompareOp op) {
  switch (op) {
    case expr::CompareOp::kEqual:
      return "=";
    case expr::CompareOp::kNotEqual:
      return "<>";
    case expr::CompareOp::kLess:
      return "<";
    case expr::CompareOp::kLessOrEqual:
      return "<=";
    case expr::CompareOp::kGreater:
      return ">";
    case expr::CompareOp::kGreaterOrEqual:
      return ">=";
    case expr::CompareOp::kIn:
      return "IN";
    case expr::CompareOp::kIsNull:
      return "IS NULL";
    case expr::CompareOp::kIsNotNull:
      return "IS NOT NULL";
  }
  return "";
}

std::string TextOf(const expr::Predicate& predicate) {
  using Kind = expr::Predicate::Kind;
  if (predicate.kind == Kind::kLeaf) {
    std::string out = fmt::format("{} {}", predicate.column, OpText(predicate.op));
    for (const auto& constant : predicate.constants) out += " " + constant->ToString();
    return out;
  }
  if (predicate.kind == Kind::kNot) return "NOT (" + TextOf(*predicate.children[0]) + ")";
  std::string out;
  for (const auto& child : predicate.children) {
    if (!out.empty()) out += predicate.kind == Kind::kAnd ? " AND " : " OR ";
    const bool group = child->kind == Kind::kOr;
    out += group ? "(" + TextOf(*child) + ")" : TextOf(*child);
  }
  return out.empty() ? "TRUE" : out;
}

class TableSource final : public ScanSource {
 public:
  TableSource(std::shared_ptr<table::Table> table, table::TimeTravel at,
              std::optional<meta::Snapshot> latest,
              std::shared_ptr<const types::TableSchema> schema, bool todays_schema)
      : table_(std::move(table)),
        at_(std::move(at)),
        latest_(std::move(latest)),
        schema_(std::move(schema)),
        todays_schema_(todays_schema) {}

  const std::vector<types::DataField>& fields() const override { return schema_->fields; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns,
      const expr::PredicatePtr& predicate) override {
    return table_->Scan(RequestFor(columns, predicate));
  }

  std::optional<int64_t> EstimatedRows() override {
    if (!latest_) return std::nullopt;
    return std::max<int64_t>(latest_->total_record_count, 0);
  }

  Result<std::string> Describe(const expr::PredicatePtr& predicate) override {
    ARROW_ASSIGN_OR_RAISE(const scan::Plan plan,
                          table_->PlanScan(RequestFor({}, predicate)));
    int64_t merging = 0;
    int64_t rows = 0;
    for (const meta::Split& split : plan.splits) {
      merging += split.raw_convertible ? 0 : 1;
      for (const auto& file : split.files) rows += file.row_count;
    }
    return fmt::format(
        "table={} snapshot={} filter=[{}] manifests={}/{} files={}/{} "
        "left out by indexes={}/{} splits={} merging={} rows<={}",
        table_->name(), plan.snapshot ? std::to_string(plan.snapshot->id) : "none",
        predicate == nullptr ? "" : TextOf(*predicate), plan.counters.manifests_read,
        plan.counters.manifests_total, plan.counters.files_kept,
        plan.counters.files_total, plan.counters.files_without_rows,
        plan.counters.indexes_asked, plan.splits.size(), merging, rows);
  }

 private:
  table::ScanRequest RequestFor(const std::vector<std::string>& columns,
                                const expr::PredicatePtr& predicate) const {
    table::ScanRequest request;
    request.columns = columns;
    request.predicate = predicate;
    request.at = at_;
    request.todays_schema = todays_schema_;
    if (latest_) request.latest_id = latest_->id;
    return request;
  }

  std::shared_ptr<table::Table> table_;
  table::TimeTravel at_;
  std::optional<meta::Snapshot> latest_;  // fixed when the statement began
  std::shared_ptr<const types::TableSchema> schema_;
  bool todays_schema_;
};

}  // namespace

Result<std::shared_ptr<ScanSource>> MakeTableSource(std::shared_ptr<table::Table> table,
                                                    const table::TimeTravel& at) {
  // Flink resolves columns before it sees hints: only a point in the statement itself
  // brings back the columns of its day.
  const bool todays_schema = at.is_latest();
  std::shared_ptr<const types::TableSchema> schema = table->schema();
  if (!todays_schema) {
    ARROW_ASSIGN_OR_RAISE(schema, table->SchemaAt(at));
  }
  ARROW_ASSIGN_OR_RAISE(table::BatchStart start, table->StartAt(at));
  std::optional<meta::Snapshot> latest;
  if (start.latest) latest = std::move(start.snapshot);
  return std::make_shared<TableSource>(std::move(table), at, std::move(latest),
                                       std::move(schema), todays_schema);
}

}  // namespace tarn::sql
