// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tarn/sql/query_binder.h"
#include "tarn/sql/session.h"

namespace tarn::sql {

Result<QueryEngine*> Session::Engine() {
  if (engine_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(engine_, MakeQueryEngine(context_));
  }
  return engine_.get();
}

namespace {

// Casts to text print the digits of a type; DuckDB's types have lost some.
Status CheckPrecision(const EmittedQuery& emitted, const QueryBinder& binder) {
  if (binder.lossy_column().empty()) return Status::OK();
  for (const std::string& function : emitted.functions) {
    if (function == "tarn_cast_string" || function == "tarn_cast_char") {
      return Unsupported(6142,
                         "A cast to text in a query over a column of this precision is "
                         "not supported yet:",
                         V("column", binder.lossy_column()));
    }
  }
  return Status::OK();
}

// A computed time has a precision of DuckDB's; beside columns of others it may be wrong.
Status CheckResult(const QueryResult& result,
                   const std::vector<std::optional<types::DataType>>& declared,
                   const QueryBinder& binder) {
  if (binder.lossy_column().empty()) return Status::OK();
  for (size_t i = 0; i < result.fields.size(); ++i) {
    if (i < declared.size() && declared[i]) continue;
    const types::TypeRoot root = result.fields[i].type.root();
    if (root == types::TypeRoot::kTime || root == types::TypeRoot::kTimestamp ||
        root == types::TypeRoot::kLocalZonedTimestamp) {
      return Unsupported(6143,
                         "A computed time in a query over a column of this precision is "
                         "not supported yet:",
                         V("result", result.fields[i].name),
                         V("column", binder.lossy_column()));
    }
  }
  return Status::OK();
}

}  // namespace

Result<QueryResult> Session::RunQuery(const Query& query, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(QueryEngine * engine, Engine());
  QueryBinder binder(this, engine, source);
  ARROW_ASSIGN_OR_RAISE(const EmittedQuery emitted, binder.Emit(query));
  ARROW_RETURN_NOT_OK(AtPlace(CheckPrecision(emitted, binder), query.span, source));
  const auto declared = binder.DeclaredTypes(query);
  ARROW_ASSIGN_OR_RAISE(QueryResult result, engine->Execute(emitted, source, declared));
  ARROW_RETURN_NOT_OK(AtPlace(CheckResult(result, declared, binder), query.span, source));
  return result;
}

Result<StatementResult> Session::Run(const QueryStatement& node,
                                     const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(QueryResult result, RunQuery(*node.query, source));
  StatementResult out;
  out.kind = ResultKind::kRows;
  out.fields = std::move(result.fields);
  out.rows = std::move(result.rows);
  return out;
}

Result<StatementResult> Session::Run(const Explain& node, const SourceText& source) {
  const Query* query = nullptr;
  if (const auto* select = node.statement->As<QueryStatement>()) {
    query = select->query.get();
  } else if (const auto* insert = node.statement->As<Insert>()) {
    ARROW_ASSIGN_OR_RAISE(const SourceTable* streamed,
                          StreamedSource(*insert->query, source));
    if (streamed != nullptr) {
      std::vector<std::string> notices;
      ARROW_ASSIGN_OR_RAISE(const auto spec, MakePipeline(*insert, source, &notices));
      return TextRows(
          {"plan"},
          {{fmt::format("stream {} -> {}", spec.source.name, spec.sink->name())}});
    }
    query = insert->query.get();
  } else {
    return ToStatus(
        {ErrorKind::kUnsupported, kUnsupportedStatement,
         "EXPLAIN of " + StatementName(*node.statement) + " is not supported yet",
         node.statement->span, "", ""},
        source);
  }
  ARROW_ASSIGN_OR_RAISE(QueryEngine * engine, Engine());
  QueryBinder binder(this, engine, source);
  ARROW_ASSIGN_OR_RAISE(const EmittedQuery emitted, binder.Emit(*query));
  ARROW_ASSIGN_OR_RAISE(std::string plan, engine->Explain(emitted, source));
  return TextRows({"plan"}, {{std::move(plan)}});
}

}  // namespace tarn::sql
