// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/base/units.h"
#include "tarn/commit/overwrite.h"
#include "tarn/meta/schema_check.h"
#include "tarn/options/options.h"
#include "tarn/sql/partition_value.h"
#include "tarn/sql/query_binder.h"
#include "tarn/sql/session.h"
#include "tarn/sql/sink_cast.h"
#include "tarn/sql/stream_select.h"
#include "tarn/table/maintenance.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/cast.h"

namespace tarn::sql {
namespace {

/// Where an INSERT writes.
struct Target {
  std::shared_ptr<table::Table> table;
  std::map<std::string, std::string> options;  ///< of the hint
  std::vector<int> columns;                    ///< per column of the query
  std::map<int, std::string> constants;        ///< static partition columns
  std::set<int> null_partitions;               ///< those whose value is NULL
  std::vector<types::DataField> fields;        ///< of `columns`
};

Status At(ErrorKind kind, int code, std::string sentence, Span span,
          const SourceText& source, std::string hint = "") {
  return ToStatus({kind, code, std::move(sentence), span, "", std::move(hint)}, source);
}

// Columns that the query fills: those named, else all, without static partitions.
Status FillColumns(const Insert& node, const SourceText& source, Target* target) {
  const auto& fields = target->table->schema()->fields;
  for (const PartitionItem& item : node.partition) {
    const int index = types::FieldIndex(fields, item.column.name);
    const auto& keys = target->table->schema()->partition_keys;
    if (index < 0 ||
        std::find(keys.begin(), keys.end(), item.column.name) == keys.end()) {
      return At(ErrorKind::kInvalidInput, kUnknownColumn,
                fmt::format("'{}' is no partition column", item.column.name),
                item.column.span, source);
    }
    if (item.value == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const std::string default_name,
                          options::Options(target->table->schema()->options)
                              .Get(options::kPartitionDefaultName));
    ARROW_ASSIGN_OR_RAISE(target->constants[index],
                          PartitionValueText(*item.value, default_name, source));
    const Literal* literal = item.value->As<Literal>();
    if (literal != nullptr && literal->kind == LiteralKind::kNull) {
      target->null_partitions.insert(index);
    }
  }
  if (node.columns.empty()) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (!target->constants.contains(static_cast<int>(i))) {
        target->columns.push_back(static_cast<int>(i));
      }
    }
  }
  std::set<int> seen;
  for (const Identifier& column : node.columns) {
    const int index = types::FieldIndex(fields, column.name);
    if (index < 0) {
      std::vector<std::string_view> names;
      for (const auto& field : fields) names.push_back(field.name);
      return At(ErrorKind::kInvalidInput, kUnknownColumn,
                fmt::format("Table has no column '{}'", column.name), column.span, source,
                DidYouMean(NearestOf(column.name, names)));
    }
    if (!seen.insert(index).second || target->constants.contains(index)) {
      return At(ErrorKind::kInvalidInput, kBadArguments,
                fmt::format("Column '{}' is named twice", column.name), column.span,
                source);
    }
    target->columns.push_back(index);
  }
  for (int column : target->columns) {
    target->fields.push_back(fields[static_cast<size_t>(column)]);
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    const bool given = target->constants.contains(static_cast<int>(i)) ||
                       std::find(target->columns.begin(), target->columns.end(),
                                 static_cast<int>(i)) != target->columns.end();
    if (given) continue;
    if (!fields[i].type.nullable()) {
      return At(ErrorKind::kInvalidInput, kBadArguments,
                fmt::format("Column '{}' is NOT NULL and gets no value", fields[i].name),
                node.target.span, source, "Name it in the INSERT");
    }
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Array>> Constant(const base::Context& context,
                                               const std::string& text,
                                               const types::DataType& type,
                                               int64_t rows) {
  ARROW_ASSIGN_OR_RAISE(auto one, arrow::MakeArrayFromScalar(arrow::StringScalar(text),
                                                             rows, context.pool));
  types::CastContext cast;
  cast.pool = context.pool;
  cast.clock = context.clock.get();
  return types::Cast(cast, one, types::DataType::String(), type.WithNullable(true));
}

// A NULL literal fits every type.
bool IsNullColumn(const Query& query, size_t column) {
  const auto is_null = [](const Expression& expression) {
    const Literal* literal = expression.As<Literal>();
    return literal != nullptr && literal->kind == LiteralKind::kNull;
  };
  if (const Values* values = query.As<Values>()) {
    return std::all_of(values->rows.begin(), values->rows.end(), [&](const auto& row) {
      return column < row.size() && is_null(*row[column]);
    });
  }
  const Select* select = query.As<Select>();
  if (select == nullptr || column >= select->items.size()) return false;
  for (const SelectItem& item : select->items) {
    if (item.expression->As<Star>() != nullptr) return false;
  }
  return is_null(*select->items[column].expression);
}

Status CheckTypes(const Query& query, const QueryResult& result, const Target& target,
                  const SourceText& source) {
  if (result.fields.size() != target.fields.size()) {
    return At(ErrorKind::kInvalidInput, kBadArguments,
              fmt::format("The query has {} columns, the INSERT names {}",
                          result.fields.size(), target.fields.size()),
              query.span, source);
  }
  for (size_t i = 0; i < target.fields.size(); ++i) {
    if (IsNullColumn(query, i) ||
        IsImplicitlyCast(result.fields[i].type, target.fields[i].type)) {
      continue;
    }
    return At(
        ErrorKind::kInvalidInput, kBadArguments,
        fmt::format("Column '{}' is {}, the query gives {}", target.fields[i].name,
                    target.fields[i].type.ToString(), result.fields[i].type.ToString()),
        query.span, source, "Write a CAST");
  }
  return Status::OK();
}

// Rows of the query as rows of the table.
Result<std::shared_ptr<arrow::RecordBatch>> Widen(const base::Context& context,
                                                  const arrow::RecordBatch& batch,
                                                  const Query& query,
                                                  const QueryResult& result,
                                                  const Target& target) {
  const auto& fields = target.table->schema()->fields;
  ARROW_ASSIGN_OR_RAISE(const auto schema, types::ToArrow(fields));
  arrow::ArrayVector columns(fields.size());
  for (size_t i = 0; i < target.columns.size(); ++i) {
    const size_t column = static_cast<size_t>(target.columns[i]);
    if (IsNullColumn(query, i)) continue;
    ARROW_ASSIGN_OR_RAISE(columns[column],
                          CastForSink(context, batch.column(static_cast<int>(i)),
                                      result.fields[i].type, fields[column].type));
  }
  for (const auto& [column, text] : target.constants) {
    const auto index = static_cast<size_t>(column);
    if (target.null_partitions.contains(column)) continue;
    ARROW_ASSIGN_OR_RAISE(columns[index],
                          Constant(context, text, fields[index].type, batch.num_rows()));
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] != nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(
        columns[i], arrow::MakeArrayOfNull(schema->field(static_cast<int>(i))->type(),
                                           batch.num_rows(), context.pool));
  }
  return arrow::RecordBatch::Make(schema, batch.num_rows(), std::move(columns));
}

}  // namespace

Result<const SourceTable*> Session::StreamedSource(const Query& query,
                                                   const SourceText& source) const {
  const NamedTable* table = SingleTable(query);
  if (table == nullptr) return nullptr;
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(table->name, source));
  const auto found = sources_.find(name.Key());
  return found == sources_.end() ? nullptr : found->second.get();
}

Result<StatementResult> Session::Run(const Insert& node, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const SourceTable* streamed, StreamedSource(*node.query, source));
  if (streamed != nullptr) return InsertStreams({&node}, source);
  return InsertBatch(node, source);
}

Result<StatementResult> Session::Run(const StatementSet& node, const SourceText& source) {
  std::vector<const Insert*> streams;
  std::vector<const Insert*> batches;
  for (const Insert& insert : node.inserts) {
    ARROW_ASSIGN_OR_RAISE(const SourceTable* streamed,
                          StreamedSource(*insert.query, source));
    (streamed != nullptr ? streams : batches).push_back(&insert);
  }
  if (!streams.empty() && !batches.empty()) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement,
                     "A statement set of streams and batch INSERTs is not supported yet",
                     batches[0]->span, "", "Run this INSERT by itself"},
                    source);
  }
  if (!streams.empty()) return InsertStreams(streams, source);
  StatementResult out;
  out.kind = ResultKind::kAffected;
  for (const Insert* insert : batches) {
    ARROW_ASSIGN_OR_RAISE(StatementResult one, InsertBatch(*insert, source));
    out.affected += one.affected;
    out.notices.insert(out.notices.end(), one.notices.begin(), one.notices.end());
  }
  return out;
}

Result<StatementResult> Session::InsertBatch(const Insert& node,
                                             const SourceText& source) {
  Target target;
  ARROW_ASSIGN_OR_RAISE(target.options, HintOptions(node.hints, source));
  // What the session allows; a hint of the statement wins.
  const std::string allow(options::kAllowRetractionsIntoAggregates.key);
  if (const std::string set = Setting(allow, ""); !set.empty()) {
    target.options.try_emplace(allow, set);
  }
  ARROW_ASSIGN_OR_RAISE(target.table, OpenTable(node.target, source, target.options));
  ARROW_RETURN_NOT_OK(FillColumns(node, source, &target));
  StatementResult out;
  out.kind = ResultKind::kAffected;
  ARROW_ASSIGN_OR_RAISE(QueryResult result, RunQuery(*node.query, source));
  ARROW_RETURN_NOT_OK(CheckTypes(*node.query, result, target, source));
  commit::TableCommitOptions options;
  options.commit_user = context_->random->Uuid();
  auto writer = target.table->NewWrite(
      {.commit_user = options.commit_user, .batch = true, .overwrite = node.overwrite});
  if (!writer.ok()) return AtPlace(writer.status(), node.target.span, source);
  const auto write_all = [&]() -> Status {
    while (true) {
      std::shared_ptr<arrow::RecordBatch> batch;
      ARROW_RETURN_NOT_OK(result.rows->ReadNext(&batch));
      if (batch == nullptr) return Status::OK();
      types::ChangeBatch changes;
      ARROW_ASSIGN_OR_RAISE(changes.rows,
                            Widen(*context_, *batch, *node.query, result, target));
      ARROW_RETURN_NOT_OK((*writer)->Write(changes));
      out.affected += batch->num_rows();
    }
  };
  const Status written = write_all();
  auto messages = (*writer)->PrepareCommit();
  if (!written.ok()) {
    if (messages.ok()) ARROW_RETURN_NOT_OK((*writer)->Abort(*messages));
    return AtPlace(written, node.span, source);
  }
  if (!messages.ok()) return AtPlace(messages.status(), node.span, source);
  ARROW_ASSIGN_OR_RAISE(auto commit, target.table->NewCommit(options));
  meta::Committable committable;
  committable.identifier = meta::kBatchCommitIdentifier;
  committable.messages = *std::move(messages);
  if (node.overwrite) {
    std::optional<std::map<std::string, std::string>> partition;
    if (!target.constants.empty()) {
      partition.emplace();
      for (const auto& [column, text] : target.constants) {
        (*partition)[target.table->schema()->fields[static_cast<size_t>(column)].name] =
            text;
      }
    }
    const auto outcome = commit->Overwrite(committable, partition);
    if (!outcome.ok()) return AtPlace(outcome.status(), node.target.span, source);
  } else {
    const auto outcome = commit->Commit(committable);
    if (!outcome.ok()) return AtPlace(outcome.status(), node.target.span, source);
  }
  table::Maintenance maintenance(*target.table);
  const Status maintained = maintenance.RunUnlessWriteOnly(/*end_of_input=*/true);
  if (!maintained.ok()) {
    out.notices.push_back(table::MaintenanceNotice(*target.table, maintained));
  }
  return out;
}

Result<stream::PipelineSpec> Session::MakePipeline(const Insert& node,
                                                   const SourceText& source,
                                                   std::vector<std::string>* notices) {
  ARROW_ASSIGN_OR_RAISE(const SourceTable* table, StreamedSource(*node.query, source));
  if (node.overwrite) {
    return ToStatus(
        {ErrorKind::kUnsupported, kUnsupportedStatement,
         "INSERT OVERWRITE from a stream is not supported", node.span, "", ""},
        source);
  }
  if (!node.partition.empty()) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     "PARTITION of an INSERT from a stream is not supported yet",
                     node.partition[0].column.span, "", "Select the partition's value"},
                    source);
  }
  if (const NamedTable* named = SingleTable(*node.query);
      !named->hints.empty() || named->time_travel) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     "Hints and time travel of a source table are not supported yet",
                     node.query->span, "", ""},
                    source);
  }
  Target target;
  ARROW_ASSIGN_OR_RAISE(target.options, HintOptions(node.hints, source));
  // What the session allows; a hint of the statement wins.
  const std::string allow(options::kAllowRetractionsIntoAggregates.key);
  if (const std::string set = Setting(allow, ""); !set.empty()) {
    target.options.try_emplace(allow, set);
  }
  ARROW_ASSIGN_OR_RAISE(target.table, OpenTable(node.target, source, target.options));
  ARROW_RETURN_NOT_OK(FillColumns(node, source, &target));
  stream::PipelineSpec spec;
  ARROW_ASSIGN_OR_RAISE(spec.select, MakeStreamSelect(context_, *table, *node.query,
                                                      source, target.fields));
  std::vector<meta::Notice> found;
  std::vector<std::string> names;
  for (const auto& field : target.fields) names.push_back(field.name);
  meta::CheckInsertColumns(*target.table->schema(), names, &found);
  for (const meta::Notice& notice : found) {
    notices->push_back(notice.code + ": " + notice.sentence +
                       (notice.hint.empty() ? "" : "\n" + notice.hint));
  }
  spec.source = table->source;
  spec.sink = target.table;
  spec.target_columns = target.columns;
  spec.id = pipeline_ids_.Next(table->source.name, target.table->name());
  return spec;
}

Result<StatementResult> Session::InsertStreams(const std::vector<const Insert*>& inserts,
                                               const SourceText& source) {
  StatementResult out;
  out.kind = ResultKind::kAffected;
  std::vector<stream::PipelineSpec> specs;
  std::string described;
  for (const Insert* insert : inserts) {
    ARROW_ASSIGN_OR_RAISE(stream::PipelineSpec spec,
                          MakePipeline(*insert, source, &out.notices));
    described += (described.empty() ? "" : ", ") + spec.id;
    specs.push_back(std::move(spec));
  }
  stream::JobOptions options;
  options.name = Setting("pipeline.name", options_.job_name);
  ARROW_ASSIGN_OR_RAISE(
      const base::Duration interval,
      base::ParseDuration(Setting("execution.checkpointing.interval", "10 s")));
  options.commit_interval_millis = base::ToMillis(interval);
  options.commit_rows = std::atoll(Setting("tarn.commit.rows", "0").c_str());
  options.progress = options_.progress;
  options.stop = options_.stop;
  if (options_.started) options_.started(described);
  auto job = stream::Job::Make(context_, std::move(options), std::move(specs));
  if (!job.ok()) return AtPlace(job.status(), inserts[0]->span, source);
  auto report = (*job)->Run();
  if (!report.ok()) return AtPlace(report.status(), inserts[0]->span, source);
  for (const auto& table : report->tables) {
    out.affected += table.rows_committed;
    if (!table.notice.empty()) out.notices.push_back(table.notice);
  }
  out.job = *std::move(report);
  return out;
}

}  // namespace tarn::sql
