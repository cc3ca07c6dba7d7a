// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/sql/emit_duckdb.h"
#include "tarn/sql/session.h"

namespace tarn::sql {

/// Options of the OPTIONS hints among `hints`. Errors: kUnsupported for other hints.
Result<std::map<std::string, std::string>> HintOptions(const std::vector<Hint>& hints,
                                                       const SourceText& source);

/// Finds the tables, views and sources that a query names, for one statement.
class QueryBinder final : public RelationBinder {
 public:
  QueryBinder(Session* session, QueryEngine* engine, const SourceText& source)
      : session_(session), engine_(engine), source_(source) {}

  /// The query for the engine, with fine timestamps in the form that serves it.
  /// Errors: those of `EmitDuckDb` and `CheckVariantUses`.
  Result<EmittedQuery> Emit(const Query& query);

  Result<Relation> Bind(const NamedTable& table, Span span) override;

  /// Types of a query's columns where they are columns of tables, passed on unchanged.
  std::vector<std::optional<types::DataType>> DeclaredTypes(const Query& query) const;
  /// Errors: those of `CheckVariantUses` for the tables bound so far.
  Status CheckVariants(const Query& query) const;
  /// Some bound column has a precision that DuckDB's types do not keep.
  const std::string& lossy_column() const { return lossy_column_; }

 private:
  Result<Relation> BindView(const KeptStatement& view, Span span);
  Result<Relation> BindSource(const SourceTable& table, const NamedTable& node,
                              Span span);
  Result<Relation> BindStored(const NamedTable& table, const FullName& name, Span span);
  Result<table::TimeTravel> TravelOf(const TimeTravel& travel) const;
  Result<Relation> Add(std::shared_ptr<ScanSource> relation, Span span);
  bool ColumnsOf(const TableExpression& table,
                 std::vector<std::pair<std::string, types::DataField>>* out) const;

  Session* session_;
  QueryEngine* engine_;
  const SourceText& source_;
  bool fine_as_decimal_ = false;
  std::set<size_t> fine_columns_;  // of VALUES
  bool met_view_ = false;
  std::map<uint32_t, std::vector<types::DataField>> fields_at_;  // by place of the table
  std::string lossy_column_;
  int view_depth_ = 0;
};

}  // namespace tarn::sql
