// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/stream_select.h"

#include <algorithm>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api_vector.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

#include "tarn/sql/ast_walk.h"
#include "tarn/sql/fine_timestamps.h"
#include "tarn/sql/functions.h"
#include "tarn/sql/sink_cast.h"
#include "tarn/types/arrow_types.h"

namespace tarn::sql {
namespace {

constexpr std::string_view kRowColumn = "tarn_row";
constexpr int64_t kEngineBytes = int64_t{64} << 20;  // one batch at a time

Status Refuse(std::string sentence, Span span, const SourceText& source,
              std::string hint = "") {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedExpression, std::move(sentence),
                   span, "", std::move(hint)},
                  source);
}

bool IsAggregate(const Expression& node) {
  const Call* call = node.As<Call>();
  if (call == nullptr) return false;
  const FunctionRule* rule = FindFunction(call->name.object());
  return rule != nullptr && rule->kind == FunctionKind::kAggregate;
}

bool IsOver(const Expression& node) {
  const Call* call = node.As<Call>();
  return call != nullptr && call->over != nullptr;
}

bool IsSubquery(const Expression& node) {
  return node.As<InSubquery>() || node.As<Quantified>() || node.As<Exists>() ||
         node.As<ScalarSubquery>();
}

Status CheckExpression(const Expression& expression, const SourceText& source) {
  if (const Expression* over = FindNode(expression, IsOver)) {
    return Refuse("An OVER aggregate over a change stream is not supported yet",
                  over->span, source);
  }
  if (const Expression* aggregate = FindNode(expression, IsAggregate)) {
    return Refuse("An aggregate over a change stream is not supported yet",
                  aggregate->span, source,
                  "Let the table aggregate: 'fields.<column>.aggregate-function'");
  }
  if (const Expression* subquery = FindNode(expression, IsSubquery)) {
    return Refuse("A subquery over a change stream is not supported yet", subquery->span,
                  source);
  }
  return Status::OK();
}

// One output column.
struct Output {
  int input = -1;          // passed on unchanged
  int computed = -1;       // column of the engine's result
  types::DataType from;    // before the cast
  std::vector<int> reads;  // input columns of a computed one
  Span span;
};

/// A relation of one batch that changes from call to call.
class BatchInput final : public ScanSource {
 public:
  explicit BatchInput(std::vector<types::DataField> fields)
      : fields_(std::move(fields)) {}
  const std::vector<types::DataField>& fields() const override { return fields_; }
  Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns,
      const expr::PredicatePtr& predicate) override {
    return MakeBatchSource("batch", fields_, {batch})->Open(columns, predicate);
  }
  Result<std::string> Describe(const expr::PredicatePtr&) override {
    return std::string("batch");
  }
  std::shared_ptr<arrow::RecordBatch> batch;

 private:
  std::vector<types::DataField> fields_;
};

/// Binds the one table to the batch at hand, its computed columns beside the others.
class BatchBinder final : public RelationBinder {
 public:
  BatchBinder(std::string relation, const SourceTable& table)
      : relation_(std::move(relation)), table_(table) {}

  Result<Relation> Bind(const NamedTable&, Span) override {
    Relation out;
    out.columns = table_.columns;
    out.columns.emplace_back(kRowColumn);
    if (table_.computed.empty()) {
      out.text = relation_;
      return out;
    }
    std::vector<std::string> physical;
    for (const auto& field : table_.source.fields()) physical.push_back(field.name);
    // In declared order, so that a star answers them so.
    out.text = "(SELECT ";
    for (const std::string& column : table_.columns) {
      const ColumnDefinition* computed = nullptr;
      for (const ColumnDefinition* candidate : table_.computed) {
        if (candidate->name.name == column) computed = candidate;
      }
      if (computed != nullptr) {
        ARROW_ASSIGN_OR_RAISE(const EmittedQuery text,
                              EmitDuckDbExpression(*computed->expression,
                                                   table_.definition->source, physical));
        out.text += text.text + " AS ";
      }
      out.text += "\"" + column + "\", ";
    }
    out.text += fmt::format("\"{}\" FROM {})", kRowColumn, relation_);
    return out;
  }

 private:
  std::string relation_;
  const SourceTable& table_;
};

class StreamSelect final : public stream::SelectOperator {
 public:
  StreamSelect(std::shared_ptr<const base::Context> context, SourceText source)
      : context_(std::move(context)), source_(std::move(source)) {}

  Status Plan(const SourceTable& table, const Select& select,
              const std::vector<types::DataField>& targets);
  Status PlanEngine(const SourceTable& table, const Query& query);

  Result<types::ChangeBatch> Apply(const types::ChangeBatch& input) override;
  const std::vector<types::DataField>& output_fields() const override {
    return output_fields_;
  }
  int InputColumnOf(int output) const override {
    const Output& out = outputs_[static_cast<size_t>(output)];
    const bool same =
        out.input >= 0 &&
        out.from.EqualsIgnoringNullable(output_fields_[static_cast<size_t>(output)].type);
    return same ? out.input : -1;
  }
  bool has_filter() const override { return has_filter_; }

 private:
  void Read(const Expression& expression, const SourceTable& table,
            std::vector<int>* reads) const;
  Status CheckAbsent(const types::ChangeBatch& input) const;
  Result<std::shared_ptr<arrow::RecordBatch>> Compute(const types::ChangeBatch& input);
  Result<std::shared_ptr<arrow::Buffer>> TakeBits(const arrow::Buffer& bits,
                                                  const arrow::Int64Array& rows) const;

  std::shared_ptr<const base::Context> context_;
  SourceText source_;
  std::vector<types::DataField> input_fields_;
  std::vector<types::DataField> output_fields_;
  std::vector<Output> outputs_;
  std::vector<std::optional<types::DataType>> declared_;
  std::vector<int> filter_reads_;
  Span filter_span_;
  bool has_filter_ = false;
  bool computes_ = false;
  std::unique_ptr<QueryEngine> engine_;
  std::shared_ptr<BatchInput> relation_;
  EmittedQuery query_;
};

// Input columns below `expression`, those of computed columns included.
void StreamSelect::Read(const Expression& expression, const SourceTable& table,
                        std::vector<int>* reads) const {
  WalkExpression(expression, [&](const Expression& node) {
    const ColumnRef* reference = node.As<ColumnRef>();
    if (reference == nullptr) return;
    for (const Identifier& part : reference->parts) {
      const int index = types::FieldIndex(input_fields_, part.name);
      if (index >= 0) {
        reads->push_back(index);
        return;
      }
      for (const ColumnDefinition* computed : table.computed) {
        if (computed->name.name == part.name) Read(*computed->expression, table, reads);
      }
    }
  });
}

Status StreamSelect::Plan(const SourceTable& table, const Select& select,
                          const std::vector<types::DataField>& targets) {
  input_fields_ = table.source.fields();
  int computed_column = 1;  // behind the row numbers
  const auto add_column = [&](const std::string& name, Span span) {
    Output out;
    out.span = span;
    out.input = types::FieldIndex(input_fields_, name);
    out.computed = computed_column++;
    if (out.input >= 0) {
      out.from = input_fields_[static_cast<size_t>(out.input)].type;
      declared_.emplace_back(out.from);
    } else {
      declared_.emplace_back(std::nullopt);
      computes_ = true;
    }
    outputs_.push_back(std::move(out));
  };
  declared_.emplace_back(std::nullopt);
  for (const SelectItem& item : select.items) {
    if (item.expression->As<Star>() != nullptr) {
      for (const std::string& column : table.columns) {
        add_column(column, item.span);
        Output& out = outputs_.back();
        for (const ColumnDefinition* computed : table.computed) {
          if (computed->name.name == column)
            Read(*computed->expression, table, &out.reads);
        }
      }
      // The star answers the row numbers, too, behind the table's columns.
      ++computed_column;
      declared_.emplace_back(std::nullopt);
      continue;
    }
    const ColumnRef* reference = item.expression->As<ColumnRef>();
    const std::string name = reference != nullptr && reference->parts.size() <= 2
                                 ? reference->parts.back().name
                                 : std::string();
    if (types::FieldIndex(input_fields_, name) >= 0) {
      add_column(name, item.span);
      continue;
    }
    Output out;
    out.span = item.span;
    out.computed = computed_column++;
    declared_.emplace_back(std::nullopt);
    Read(*item.expression, table, &out.reads);
    computes_ = true;
    outputs_.push_back(std::move(out));
  }
  if (outputs_.size() != targets.size()) {
    return ToStatus({ErrorKind::kInvalidInput, kBadArguments,
                     fmt::format("The query has {} columns, the INSERT names {}",
                                 outputs_.size(), targets.size()),
                     select.items[0].span, "", ""},
                    source_);
  }
  output_fields_ = targets;
  has_filter_ = select.where != nullptr;
  if (has_filter_) {
    Read(*select.where, table, &filter_reads_);
    filter_span_ = select.where->span;
  }
  return Status::OK();
}

Status StreamSelect::PlanEngine(const SourceTable& table, const Query& query) {
  // Also without need for the engine: it checks names and types.
  EngineOptions options;
  options.memory_bytes = kEngineBytes;
  options.threads = 1;
  ARROW_ASSIGN_OR_RAISE(engine_, MakeQueryEngine(context_, options));
  std::vector<types::DataField> fields = input_fields_;
  types::DataField row;
  row.id = static_cast<int32_t>(fields.size());
  row.name = std::string(kRowColumn);
  row.type = types::DataType::BigInt();
  fields.push_back(std::move(row));
  relation_ = std::make_shared<BatchInput>(std::move(fields));
  // Computed columns may do anything with the others.
  FineTimestamps fine;
  if (const Select* select = query.As<Select>();
      select != nullptr && select->from.size() == 1 && table.computed.empty()) {
    fine = FineTimestampsOf(query, {{select->from[0]->span.offset, input_fields_}});
  }
  ARROW_ASSIGN_OR_RAISE(std::string relation,
                        engine_->AddRelation(relation_, fine.as_decimals));
  BatchBinder binder(std::move(relation), table);
  ARROW_ASSIGN_OR_RAISE(query_, EmitDuckDb(query, source_, &binder, &fine.literals));
  // The row number goes in front; the emitted text begins with its SELECT.
  constexpr std::string_view kSelect = "SELECT ";
  if (!query_.text.starts_with(kSelect)) {
    return InternalError(131, "The select of a stream is not a plain SELECT");
  }
  const std::string more = fmt::format("\"{}\", ", kRowColumn);
  query_.text.insert(kSelect.size(), more);
  for (SourceMapping& mapping : query_.map) {
    if (mapping.offset >= kSelect.size()) {
      mapping.offset += static_cast<uint32_t>(more.size());
    } else {
      mapping.length += static_cast<uint32_t>(more.size());
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto results, engine_->Analyze(query_, source_, declared_));
  for (size_t i = 0; i < outputs_.size(); ++i) {
    Output& out = outputs_[i];
    if (out.input < 0) out.from = results[static_cast<size_t>(out.computed)].type;
    if (!IsImplicitlyCast(out.from, output_fields_[i].type)) {
      return ToStatus(
          {ErrorKind::kInvalidInput, kBadArguments,
           fmt::format("Column '{}' is {}, the query gives {}", output_fields_[i].name,
                       output_fields_[i].type.ToString(), out.from.ToString()),
           out.span, "", "Write a CAST"},
          source_);
    }
  }
  return Status::OK();
}

Status StreamSelect::CheckAbsent(const types::ChangeBatch& input) const {
  const auto check = [&](const std::vector<int>& reads, Span span) -> Status {
    for (int column : reads) {
      if (static_cast<size_t>(column) >= input.absent.size()) continue;
      const auto& bits = input.absent[static_cast<size_t>(column)];
      if (bits == nullptr) continue;
      for (int64_t row = 0; row < input.num_rows(); ++row) {
        if (!arrow::bit_util::GetBit(bits->data(), row)) continue;
        return ToStatus(
            {ErrorKind::kInvalidInput, 1180,
             fmt::format("Column '{}' was not sent by the source, so nothing can be "
                         "computed from it",
                         input_fields_[static_cast<size_t>(column)].name),
             span, "", "Pass the column on as it is"},
            source_);
      }
    }
    return Status::OK();
  };
  if (input.absent.empty()) return Status::OK();
  ARROW_RETURN_NOT_OK(check(filter_reads_, filter_span_));
  for (const Output& out : outputs_) {
    if (out.input < 0) ARROW_RETURN_NOT_OK(check(out.reads, out.span));
  }
  return Status::OK();
}

// Row numbers and all columns of the query over the batch.
Result<std::shared_ptr<arrow::RecordBatch>> StreamSelect::Compute(
    const types::ChangeBatch& input) {
  arrow::Int64Builder numbers(context_->pool);
  ARROW_RETURN_NOT_OK(numbers.Reserve(input.num_rows()));
  for (int64_t row = 0; row < input.num_rows(); ++row) numbers.UnsafeAppend(row);
  ARROW_ASSIGN_OR_RAISE(auto rows, numbers.Finish());
  ARROW_ASSIGN_OR_RAISE(
      relation_->batch,
      input.rows->AddColumn(input.rows->num_columns(), std::string(kRowColumn), rows));
  ARROW_ASSIGN_OR_RAISE(QueryResult result, engine_->Execute(query_, source_, declared_));
  ARROW_ASSIGN_OR_RAISE(auto table, result.rows->ToTable());
  ARROW_ASSIGN_OR_RAISE(auto batch, table->CombineChunksToBatch(context_->pool));
  relation_->batch.reset();
  // A batch goes through one thread; what relies on it is checked.
  const auto& order = static_cast<const arrow::Int64Array&>(*batch->column(0));
  for (int64_t i = 1; i < order.length(); ++i) {
    if (order.Value(i) <= order.Value(i - 1)) {
      return InternalError(132, "A select over a stream changed the order of rows");
    }
  }
  return batch;
}

Result<std::shared_ptr<arrow::Buffer>> StreamSelect::TakeBits(
    const arrow::Buffer& bits, const arrow::Int64Array& rows) const {
  ARROW_ASSIGN_OR_RAISE(auto out,
                        arrow::AllocateEmptyBitmap(rows.length(), context_->pool));
  for (int64_t i = 0; i < rows.length(); ++i) {
    arrow::bit_util::SetBitTo(out->mutable_data(), i,
                              arrow::bit_util::GetBit(bits.data(), rows.Value(i)));
  }
  return out;
}

Result<types::ChangeBatch> StreamSelect::Apply(const types::ChangeBatch& input) {
  types::ChangeBatch out;
  std::shared_ptr<arrow::RecordBatch> computed;
  std::shared_ptr<arrow::Int64Array> rows;  // nullptr: all, in order
  if (input.num_rows() > 0 && (computes_ || has_filter_)) {
    ARROW_RETURN_NOT_OK(CheckAbsent(input));
    ARROW_ASSIGN_OR_RAISE(computed, Compute(input));
    if (has_filter_)
      rows = std::static_pointer_cast<arrow::Int64Array>(computed->column(0));
  }
  const int64_t count = rows == nullptr ? input.num_rows() : rows->length();
  arrow::ArrayVector columns;
  bool any_absent = false;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const Output& output = outputs_[i];
    std::shared_ptr<arrow::Array> column;
    std::shared_ptr<arrow::Buffer> absent;
    if (output.input >= 0) {
      column = input.rows->column(output.input);
      if (static_cast<size_t>(output.input) < input.absent.size()) {
        absent = input.absent[static_cast<size_t>(output.input)];
      }
      if (rows != nullptr) {
        ARROW_ASSIGN_OR_RAISE(column, arrow::compute::Take(*column, *rows));
        if (absent != nullptr) {
          ARROW_ASSIGN_OR_RAISE(absent, TakeBits(*absent, *rows));
        }
      }
    } else if (computed != nullptr) {
      column = computed->column(output.computed);
    } else {
      ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(output.from));
      ARROW_ASSIGN_OR_RAISE(column, arrow::MakeEmptyArray(type, context_->pool));
    }
    ARROW_ASSIGN_OR_RAISE(
        column, CastForSink(*context_, column, output.from, output_fields_[i].type));
    any_absent = any_absent || absent != nullptr;
    columns.push_back(std::move(column));
    out.absent.push_back(std::move(absent));
  }
  if (!any_absent) out.absent.clear();
  out.kinds = input.kinds;
  if (rows != nullptr && input.kinds != nullptr) {
    ARROW_ASSIGN_OR_RAISE(auto kinds, arrow::AllocateBuffer(count, context_->pool));
    for (int64_t i = 0; i < count; ++i) {
      kinds->mutable_data()[i] = input.kinds->data()[rows->Value(i)];
    }
    out.kinds = std::move(kinds);
  }
  ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(output_fields_));
  // Deletes may lack what the table calls NOT NULL; whether it matters, its door says.
  for (int i = 0; i < schema->num_fields(); ++i) {
    ARROW_ASSIGN_OR_RAISE(schema,
                          schema->SetField(i, schema->field(i)->WithNullable(true)));
  }
  out.rows = arrow::RecordBatch::Make(schema, count, std::move(columns));
  return out;
}

}  // namespace

const NamedTable* SingleTable(const Query& query) {
  const Query* inner = &query;
  while (const QueryPtr* nested = inner->As<QueryPtr>()) inner = nested->get();
  const Select* select = inner->As<Select>();
  if (select == nullptr || select->from.size() != 1) return nullptr;
  return select->from[0]->As<NamedTable>();
}

Result<const Select*> CheckStateless(const Query& query, const SourceText& source) {
  const Select* select = query.As<Select>();
  if (select == nullptr || !query.with.empty()) {
    return Refuse("This query over a change stream is not supported yet", query.span,
                  source, "Write SELECT ... FROM source [WHERE ...]");
  }
  if (!query.order_by.empty()) {
    return Refuse("ORDER BY over a change stream is not supported",
                  query.order_by[0].span, source);
  }
  if (query.limit != nullptr || query.offset != nullptr) {
    const ExpressionPtr& bound = query.limit != nullptr ? query.limit : query.offset;
    return Refuse("LIMIT over a change stream is not supported yet", bound->span, source);
  }
  if (select->has_group_by) {
    const Span span =
        select->group_by.empty() ? query.span : select->group_by.front().span;
    return Refuse("A streaming GROUP BY aggregate is not supported yet", span, source,
                  "Let the table aggregate: 'fields.<column>.aggregate-function'");
  }
  if (select->distinct) {
    return Refuse("A streaming SELECT DISTINCT is not supported yet", query.span, source);
  }
  if (select->having != nullptr || select->qualify != nullptr ||
      !select->windows.empty()) {
    return Refuse("HAVING, QUALIFY and WINDOW over a change stream are not supported yet",
                  query.span, source);
  }
  for (const SelectItem& item : select->items) {
    ARROW_RETURN_NOT_OK(CheckExpression(*item.expression, source));
  }
  if (select->where != nullptr) {
    ARROW_RETURN_NOT_OK(CheckExpression(*select->where, source));
  }
  return select;
}

Result<std::unique_ptr<stream::SelectOperator>> MakeStreamSelect(
    std::shared_ptr<const base::Context> context, const SourceTable& table,
    const Query& query, const SourceText& source,
    const std::vector<types::DataField>& targets) {
  ARROW_ASSIGN_OR_RAISE(const Select* select, CheckStateless(query, source));
  auto out = std::make_unique<StreamSelect>(std::move(context), source);
  ARROW_RETURN_NOT_OK(out->Plan(table, *select, targets));
  ARROW_RETURN_NOT_OK(out->PlanEngine(table, query));
  return out;
}

}  // namespace tarn::sql
