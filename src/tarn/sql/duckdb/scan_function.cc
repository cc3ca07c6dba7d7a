// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/duckdb/scan_function.h"

#include <arrow/array.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <duckdb/function/table/arrow.hpp>
#include <duckdb/planner/operator/logical_get.hpp>

#include "tarn/sql/duckdb/arrow_forms.h"
#include "tarn/sql/duckdb/filter_translation.h"
#include "tarn/types/arrow_types.h"

namespace tarn::sql {

int64_t ScanRegistry::Add(std::shared_ptr<ScanSource> source) {
  std::lock_guard lock(mutex_);
  sources_.emplace(next_, std::move(source));
  return next_++;
}

std::shared_ptr<ScanSource> ScanRegistry::Get(int64_t id) const {
  std::lock_guard lock(mutex_);
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : found->second;
}

void ScanRegistry::Clear() {
  std::lock_guard lock(mutex_);
  sources_.clear();
}

void ScanRegistry::Fail(const Status& status) {
  {
    std::lock_guard lock(mutex_);
    if (error_.ok()) error_ = status;
  }
  throw duckdb::IOException("%s", status.ToString());
}

Status ScanRegistry::TakeError() {
  std::lock_guard lock(mutex_);
  return std::exchange(error_, Status::OK());
}

namespace {

struct ScanInfo final : duckdb::TableFunctionInfo {
  std::shared_ptr<ScanRegistry> registry;
};

struct ScanBind final : duckdb::TableFunctionData {
  std::shared_ptr<ScanRegistry> registry;
  std::shared_ptr<ScanSource> source;
  std::shared_ptr<arrow::Schema> schema;  // as DuckDB gets it
  std::shared_ptr<duckdb::ArrowTableSchema> table;
  FineForm fine = FineForm::kNanoseconds;
  expr::PredicatePtr predicate;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    auto copy = duckdb::make_uniq<ScanBind>();
    copy->registry = registry;
    copy->source = source;
    copy->schema = schema;
    copy->table = table;
    copy->fine = fine;
    copy->predicate = predicate;
    return copy;
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& that = other.Cast<ScanBind>();
    return source == that.source && predicate == that.predicate;
  }
};

struct ScanState final : duckdb::GlobalTableFunctionState {
  std::shared_ptr<arrow::RecordBatchReader> reader;
  std::shared_ptr<arrow::Schema> schema;  // of the columns read
  std::unique_ptr<duckdb::ArrowScanLocalState> arrow;
  bool count_only = false;
  int64_t rows_left = 0;
};

Status FillBind(duckdb::ClientContext& context, ScanBind* bind) {
  arrow::FieldVector fields;
  for (const types::DataField& field : bind->source->fields()) {
    ARROW_ASSIGN_OR_RAISE(auto own, types::ToArrow(field.type));
    fields.push_back(arrow::field(field.name, DuckDbForm(field.type, own, bind->fine)));
  }
  bind->schema = arrow::schema(std::move(fields));
  duckdb::ArrowSchemaWrapper exported;
  ARROW_RETURN_NOT_OK(arrow::ExportSchema(*bind->schema, &exported.arrow_schema));
  bind->table = std::make_shared<duckdb::ArrowTableSchema>();
  duckdb::ArrowTableFunction::PopulateArrowTableSchema(context, *bind->table,
                                                       exported.arrow_schema);
  return Status::OK();
}

duckdb::unique_ptr<duckdb::FunctionData> BindScan(
    duckdb::ClientContext& context, duckdb::TableFunctionBindInput& input,
    duckdb::vector<duckdb::LogicalType>& return_types,
    duckdb::vector<duckdb::string>& names) {
  auto bind = duckdb::make_uniq<ScanBind>();
  bind->registry = input.info->Cast<ScanInfo>().registry;
  bind->source = bind->registry->Get(input.inputs[0].GetValue<int64_t>());
  if (const auto fine = input.named_parameters.find(kFineAsDecimal);
      fine != input.named_parameters.end() && fine->second.GetValue<bool>()) {
    bind->fine = FineForm::kDecimal;
  }
  if (bind->source == nullptr) {
    bind->registry->Fail(InternalError(111, "Relation is not registered"));
  }
  const Status status = FillBind(context, bind.get());
  if (!status.ok()) bind->registry->Fail(status);
  return_types = bind->table->GetTypes();
  for (const auto& field : bind->schema->fields()) names.push_back(field->name());
  return bind;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitScan(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  const auto& bind = input.bind_data->Cast<ScanBind>();
  const auto& fields = bind.source->fields();
  auto state = duckdb::make_uniq<ScanState>();
  std::vector<std::string> columns;
  arrow::FieldVector read;
  for (const duckdb::column_t id : input.column_ids) {
    if (id >= fields.size()) {
      state->count_only = true;
      break;
    }
    columns.push_back(fields[id].name);
    read.push_back(bind.schema->field(static_cast<int>(id)));
  }
  if (columns.empty()) state->count_only = true;
  if (state->count_only) columns = {fields[0].name};
  state->schema = arrow::schema(std::move(read));
  auto reader = bind.source->Open(columns, bind.predicate);
  if (!reader.ok()) bind.registry->Fail(reader.status());
  state->reader = std::move(*reader);
  state->arrow = std::make_unique<duckdb::ArrowScanLocalState>(
      duckdb::make_uniq<duckdb::ArrowArrayWrapper>(), context);
  for (const duckdb::column_t id : input.column_ids) {
    state->arrow->column_ids.push_back(id);
  }
  return state;
}

// Columns in the form that was promised at bind.
Result<std::shared_ptr<arrow::RecordBatch>> Conform(
    const std::shared_ptr<arrow::RecordBatch>& batch,
    const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector columns;
  for (int i = 0; i < schema->num_fields(); ++i) {
    const auto& wanted = schema->field(i);
    ARROW_ASSIGN_OR_RAISE(columns.emplace_back(),
                          ToForm(batch->column(i), wanted->type(), wanted->name()));
  }
  return arrow::RecordBatch::Make(schema, batch->num_rows(), std::move(columns));
}

// The next batch that has rows; false at the end.
Result<bool> NextBatch(ScanState* state) {
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(state->reader->ReadNext(&batch));
    if (batch == nullptr) return false;
  } while (batch->num_rows() == 0);
  state->rows_left = batch->num_rows();
  if (state->count_only) return true;
  ARROW_ASSIGN_OR_RAISE(batch, Conform(batch, state->schema));
  auto exported = duckdb::make_shared_ptr<duckdb::ArrowArrayWrapper>();
  ARROW_RETURN_NOT_OK(arrow::ExportRecordBatch(*batch, &exported->arrow_array));
  state->arrow->Reset();
  state->arrow->chunk = std::move(exported);
  return true;
}

void Scan(duckdb::ClientContext&, duckdb::TableFunctionInput& input,
          duckdb::DataChunk& output) {
  const auto& bind = input.bind_data->Cast<ScanBind>();
  auto& state = input.global_state->Cast<ScanState>();
  if (state.rows_left == 0) {
    const auto more = NextBatch(&state);
    if (!more.ok()) bind.registry->Fail(more.status());
    if (!*more) {
      output.SetCardinality(0);
      return;
    }
  }
  const int64_t rows = std::min<int64_t>(state.rows_left, STANDARD_VECTOR_SIZE);
  output.SetCardinality(static_cast<duckdb::idx_t>(rows));
  if (!state.count_only) {
    duckdb::ArrowTableFunction::ArrowToDuckDB(*state.arrow, bind.table->GetColumns(),
                                              output, true);
    state.arrow->chunk_offset += static_cast<duckdb::idx_t>(rows);
  }
  state.rows_left -= rows;
}

void PushFilters(duckdb::ClientContext&, duckdb::LogicalGet& get,
                 duckdb::FunctionData* data,
                 duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
  auto& bind = data->Cast<ScanBind>();
  std::vector<expr::PredicatePtr> conjuncts;
  if (bind.predicate != nullptr) conjuncts.push_back(bind.predicate);
  for (const auto& filter : filters) {
    expr::PredicatePtr predicate =
        TranslateFilter(*filter, get, bind.source->fields(), *bind.schema);
    if (predicate != nullptr) conjuncts.push_back(std::move(predicate));
  }
  if (!conjuncts.empty()) bind.predicate = expr::And(std::move(conjuncts));
}

duckdb::unique_ptr<duckdb::NodeStatistics> Cardinality(duckdb::ClientContext&,
                                                       const duckdb::FunctionData* data) {
  const auto rows = data->Cast<ScanBind>().source->EstimatedRows();
  if (!rows) return nullptr;
  return duckdb::make_uniq<duckdb::NodeStatistics>(static_cast<duckdb::idx_t>(*rows));
}

duckdb::InsertionOrderPreservingMap<duckdb::string> ShowScan(
    duckdb::TableFunctionToStringInput& input) {
  const auto& bind = input.bind_data->Cast<ScanBind>();
  duckdb::InsertionOrderPreservingMap<duckdb::string> out;
  const auto text = bind.source->Describe(bind.predicate);
  out["Scan"] = text.ok() ? *text : MessageOf(text.status());
  return out;
}

}  // namespace

duckdb::TableFunction MakeScanFunction(std::shared_ptr<ScanRegistry> registry) {
  duckdb::TableFunction function("tarn_scan", {duckdb::LogicalType::BIGINT}, Scan,
                                 BindScan, InitScan);
  function.named_parameters[kFineAsDecimal] = duckdb::LogicalType::BOOLEAN;
  function.projection_pushdown = true;
  function.pushdown_complex_filter = PushFilters;
  function.cardinality = Cardinality;
  function.to_string = ShowScan;
  auto info = duckdb::make_shared_ptr<ScanInfo>();
  info->registry = std::move(registry);
  function.function_info = std::move(info);
  return function;
}

}  // namespace tarn::sql
