// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/query_binder.h"

#include <algorithm>
#include <utility>

#include "tarn/catalog/global_tables.h"
#include "tarn/sql/bounded_source.h"
#include "tarn/sql/fine_timestamps.h"
#include "tarn/sql/literal.h"
#include "tarn/sql/table_source.h"
#include "tarn/sql/token.h"
#include "tarn/sql/variant_uses.h"
#include "tarn/table/system_tables.h"
#include "tarn/types/java_text.h"

namespace tarn::sql {
namespace {

Status Refuse(std::string sentence, Span span, const SourceText& source,
              std::string hint = "") {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause, std::move(sentence), span,
                   "", std::move(hint)},
                  source);
}

// DuckDB keeps 0, 3, 6 and 9 digits of a TIMESTAMP apart, 6 with a zone, none of a TIME.
bool LosesPrecision(const types::DataType& type) {
  if (type.root() == types::TypeRoot::kTimestamp) return type.precision() % 3 != 0;
  if (type.root() == types::TypeRoot::kLocalZonedTimestamp) return type.precision() != 6;
  return type.root() == types::TypeRoot::kTime && type.precision() != 0;
}

// Functions that answer one of their argument's values.
bool KeepsType(const Call& call) {
  for (const char* name : {"MIN", "MAX", "LAG", "LEAD"}) {
    if (EqualsIgnoringCase(call.name.object(), name)) return true;
  }
  return false;
}

class SystemTableSource final : public ScanSource {
 public:
  explicit SystemTableSource(std::shared_ptr<table::SystemTable> table)
      : table_(std::move(table)) {}
  const std::vector<types::DataField>& fields() const override {
    return table_->fields();
  }
  Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns, const expr::PredicatePtr&) override {
    return table_->Read(columns);
  }
  Result<std::string> Describe(const expr::PredicatePtr&) override {
    return "table=" + table_->name();
  }

 private:
  std::shared_ptr<table::SystemTable> table_;
};

}  // namespace

Result<std::map<std::string, std::string>> HintOptions(const std::vector<Hint>& hints,
                                                       const SourceText& source) {
  std::map<std::string, std::string> out;
  for (const Hint& hint : hints) {
    if (!EqualsIgnoringCase(hint.name.name, "OPTIONS")) {
      return Refuse(
          fmt::format("The hint {} of a table is not supported", hint.name.name),
          hint.span, source);
    }
    for (const Property& property : hint.options) out[property.key] = property.value;
  }
  return out;
}

Result<Relation> QueryBinder::Add(std::shared_ptr<ScanSource> relation, Span span) {
  Relation out;
  for (const types::DataField& field : relation->fields()) {
    out.columns.push_back(field.name);
    if (LosesPrecision(field.type) && lossy_column_.empty()) lossy_column_ = field.name;
  }
  fields_at_[span.offset] = relation->fields();
  auto text = engine_->AddRelation(std::move(relation), fine_as_decimal_);
  if (!text.ok()) return session_->AtPlace(text.status(), span, source_);
  out.text = *std::move(text);
  return out;
}

Result<EmittedQuery> QueryBinder::Emit(const Query& query) {
  ARROW_ASSIGN_OR_RAISE(EmittedQuery emitted, EmitDuckDb(query, source_, this));
  ARROW_RETURN_NOT_OK(CheckVariants(query));
  // A view is written by itself, whatever the query around it does.
  if (met_view_) return emitted;
  FineTimestamps fine = FineTimestampsOf(query, fields_at_);
  if (!fine.as_decimals) return emitted;
  fine_as_decimal_ = true;
  fine_columns_ = std::move(fine.columns);
  return EmitDuckDb(query, source_, this, &fine.literals);
}

Result<Relation> QueryBinder::Bind(const NamedTable& table, Span span) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, session_->Resolve(table.name, source_));
  if (const auto view = session_->views_.find(name.Key());
      view != session_->views_.end()) {
    if (!table.hints.empty() || table.time_travel) {
      return Refuse("Hints and time travel of a view are not supported", span, source_);
    }
    return BindView(*view->second, span);
  }
  if (const auto found = session_->sources_.find(name.Key());
      found != session_->sources_.end()) {
    return BindSource(*found->second, table, span);
  }
  return BindStored(table, name, span);
}

Result<Relation> QueryBinder::BindView(const KeptStatement& view, Span span) {
  met_view_ = true;
  if (view_depth_ > 16) return InvalidInput(1150, "Views refer to each other too deeply");
  QueryBinder inner(session_, engine_, view.source);
  inner.view_depth_ = view_depth_ + 1;
  const Query& query = *view.statement.As<QueryStatement>()->query;
  ARROW_ASSIGN_OR_RAISE(EmittedQuery emitted, EmitDuckDb(query, view.source, &inner));
  ARROW_RETURN_NOT_OK(inner.CheckVariants(query));
  ARROW_ASSIGN_OR_RAISE(const auto fields, engine_->Analyze(emitted, view.source,
                                                            inner.DeclaredTypes(query)));
  if (lossy_column_.empty()) lossy_column_ = inner.lossy_column_;
  Relation out;
  out.text = "(" + emitted.text + ")";
  for (const types::DataField& field : fields) out.columns.push_back(field.name);
  fields_at_[span.offset] = fields;
  return out;
}

Result<Relation> QueryBinder::BindSource(const SourceTable& table, const NamedTable& node,
                                         Span span) {
  if (!node.hints.empty() || node.time_travel) {
    return Refuse("Hints and time travel of a source table are not supported yet", span,
                  source_);
  }
  if (!table.computed.empty()) {
    return Refuse(
        "A batch query over a source table with computed columns is not "
        "supported yet",
        span, source_);
  }
  auto made = MakeBoundedSource(session_->context_, table.source);
  if (!made.ok()) return session_->AtPlace(made.status(), span, source_);
  return Add(*std::move(made), span);
}

Result<Relation> QueryBinder::BindStored(const NamedTable& table, const FullName& name,
                                         Span span) {
  ARROW_ASSIGN_OR_RAISE(auto options, HintOptions(table.hints, source_));
  table::TimeTravel at;
  if (table.time_travel) {
    ARROW_ASSIGN_OR_RAISE(at, TravelOf(*table.time_travel));
  }
  if (name.database == "sys") {
    auto catalog = session_->CatalogOf(name);
    if (!catalog.ok()) return session_->AtPlace(catalog.status(), span, source_);
    const auto made = session_->catalog_options_.find(name.catalog);
    auto global = catalog::OpenGlobalTable(catalog->get(),
                                           made == session_->catalog_options_.end()
                                               ? std::map<std::string, std::string>()
                                               : made->second,
                                           name.object, session_->context_->pool);
    if (!global.ok()) return session_->AtPlace(global.status(), span, source_);
    return Add(std::make_shared<SystemTableSource>(*std::move(global)), span);
  }
  // What stands behind the last '$' is a system table, unless it names a branch.
  const size_t dollar = name.object.rfind('$');
  const bool branch =
      dollar != std::string::npos &&
      std::string_view(name.object).substr(dollar).starts_with("$branch_");
  if (dollar != std::string::npos && !branch) {
    ObjectName base = table.name;
    base.parts.back().name = name.object.substr(0, dollar);
    ARROW_ASSIGN_OR_RAISE(
        auto stored, session_->OpenTable(base, source_, at.Over(std::move(options))));
    auto system =
        table::OpenSystemTable(std::move(stored), name.object.substr(dollar + 1));
    if (!system.ok()) return session_->AtPlace(system.status(), span, source_);
    return Add(std::make_shared<SystemTableSource>(*std::move(system)), span);
  }
  ARROW_ASSIGN_OR_RAISE(auto stored, session_->OpenTable(table.name, source_, options));
  auto relation = MakeTableSource(std::move(stored), at);
  if (!relation.ok()) return session_->AtPlace(relation.status(), span, source_);
  return Add(*std::move(relation), span);
}

Result<table::TimeTravel> QueryBinder::TravelOf(const TimeTravel& travel) const {
  const Literal* literal = travel.point->As<Literal>();
  table::TimeTravel out;
  if (literal == nullptr) {
    return Refuse("Time travel to a computed point is not supported yet", travel.span,
                  source_, "Write TIMESTAMP '2024-01-31 10:00:00', or a snapshot or tag");
  }
  if (travel.version) {
    out.version = literal->text;
    return out;
  }
  std::string text = literal->text;
  if (literal->kind == LiteralKind::kDate) text += " 00:00:00";
  if (literal->kind != LiteralKind::kTimestamp && literal->kind != LiteralKind::kDate &&
      (literal->kind != LiteralKind::kString ||
       !CheckTemporalLiteral(LiteralKind::kTimestamp, text).empty())) {
    return Refuse("Time travel takes a TIMESTAMP", travel.span, source_,
                  "Write TIMESTAMP '2024-01-31 10:00:00'");
  }
  const auto number = [&](size_t from, size_t count) {
    return text.size() < from + count ? 0 : std::atoi(text.substr(from, count).c_str());
  };
  const int64_t days = types::DaysFromCivil({number(0, 4), number(5, 2), number(8, 2)});
  int64_t millis =
      ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60000 + number(17, 2) * 1000;
  if (text.size() > 20) {
    std::string fraction = text.substr(20, 3);
    fraction.resize(3, '0');
    millis += std::atoi(fraction.c_str());
  }
  // The text is local time, as in Flink.
  const int64_t offset = session_->context_->clock->LocalOffsetMillis(millis);
  out.timestamp_millis =
      millis - session_->context_->clock->LocalOffsetMillis(millis - offset);
  return out;
}

Status QueryBinder::CheckVariants(const Query& query) const {
  return CheckVariantUses(query, fields_at_, source_);
}

// The columns of FROM in order, with the name that each table goes by; false when one is
// not known.
bool QueryBinder::ColumnsOf(
    const TableExpression& table,
    std::vector<std::pair<std::string, types::DataField>>* out) const {
  if (const Join* join = table.As<Join>()) {
    return ColumnsOf(*join->left, out) && ColumnsOf(*join->right, out);
  }
  const NamedTable* named = table.As<NamedTable>();
  if (named == nullptr || (table.alias && !table.alias->columns.empty())) return false;
  const auto found = fields_at_.find(table.span.offset);
  if (found == fields_at_.end()) return false;
  const std::string name = table.alias ? table.alias->name.name : named->name.object();
  for (const types::DataField& field : found->second) out->emplace_back(name, field);
  return true;
}

std::vector<std::optional<types::DataType>> QueryBinder::DeclaredTypes(
    const Query& query) const {
  std::vector<std::optional<types::DataType>> out;
  const Query* inner = &query;
  while (const QueryPtr* nested = inner->As<QueryPtr>()) inner = nested->get();
  for (const size_t column : fine_columns_) {
    out.resize(std::max(out.size(), column + 1));
    out[column] = types::DataType::Timestamp(9);
  }
  const Select* select = inner->As<Select>();
  if (select == nullptr) return out;
  std::vector<std::pair<std::string, types::DataField>> columns;
  for (const TableExpressionPtr& table : select->from) {
    if (!ColumnsOf(*table, &columns)) return out;
  }
  for (const SelectItem& item : select->items) {
    if (const Star* star = item.expression->As<Star>()) {
      for (const auto& [table, field] : columns) {
        if (star->qualifier.empty() || star->qualifier.back().name == table) {
          out.emplace_back(field.type);
        }
      }
      continue;
    }
    std::optional<types::DataType> type;
    const Expression* value = item.expression.get();
    if (const Call* call = value->As<Call>();
        call != nullptr && call->arguments.size() == 1 && KeepsType(*call)) {
      value = call->arguments[0].value.get();
    }
    if (const ColumnRef* reference = value->As<ColumnRef>();
        reference != nullptr && reference->parts.size() <= 2) {
      for (const auto& [table, field] : columns) {
        if (field.name != reference->parts.back().name) continue;
        if (reference->parts.size() == 2 && reference->parts[0].name != table) continue;
        type = field.type;
      }
    }
    out.push_back(std::move(type));
  }
  return out;
}

}  // namespace tarn::sql
