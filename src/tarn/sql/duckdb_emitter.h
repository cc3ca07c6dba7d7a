// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tarn/sql/diagnostic.h"
#include "tarn/sql/emit_duckdb.h"
#include "tarn/sql/functions.h"

namespace tarn::sql {

/// Writes DuckDB text from a tree into one growing buffer. One query, one caller.
class DuckDbEmitter {
 public:
  DuckDbEmitter(const SourceText& source, RelationBinder* binder,
                const std::set<const Expression*>* fine_literals = nullptr)
      : source_(source), binder_(binder), fine_literals_(fine_literals) {}

  Status EmitQuery(const Query& query);
  Status EmitExpression(const Expression& expression);
  void AddColumns(const std::vector<std::string>& columns);
  /// Check the names and hand over the text.
  Result<EmittedQuery> Finish();

 private:
  // A text of hostile size is refused.
  static constexpr size_t kMaxBytes = size_t{256} << 20;
  // Some functions write their arguments more than once: nested, that multiplies.
  static constexpr int kMaxCopying = 6;

  // queries: emit_query.cc
  Status EmitBody(const Query& query);
  Status EmitSelect(const Select& select);
  Status EmitSelectItem(const SelectItem& item, size_t index);
  Status EmitValues(const Values& values, Span span);
  Status EmitGroupBy(const Select& select);
  Status EmitOrderBy(const std::vector<OrderItem>& items);
  Status EmitWindowSpec(const WindowSpec& spec);
  Status EmitFrameBound(const FrameBound& bound);
  Status EmitTable(const TableExpression& table);
  Status EmitNamedTable(const NamedTable& table, const TableExpression& outer);
  Status EmitJoin(const Join& join);
  void EmitAlias(const TableExpression& table);

  // expressions: emit_expression.cc
  Status Emit(const ExpressionPtr& expression) { return EmitExpression(*expression); }
  Status EmitList(const std::vector<ExpressionPtr>& items);
  Status EmitNode(const Literal& literal, const Expression& at);
  Status EmitNode(const IntervalLiteral& interval, const Expression& at);
  Status EmitNode(const ColumnRef& column, const Expression& at);
  Status EmitNode(const Star& star, const Expression& at);
  Status EmitNode(const Unary& unary, const Expression& at);
  Status EmitNode(const Binary& binary, const Expression& at);
  Status EmitNode(const Logical& logical, const Expression& at);
  Status EmitNode(const Case& node, const Expression& at);
  Status EmitNode(const Between& between, const Expression& at);
  Status EmitNode(const InList& in, const Expression& at);
  Status EmitNode(const InSubquery& in, const Expression& at);
  Status EmitNode(const Quantified& quantified, const Expression& at);
  Status EmitNode(const Exists& exists, const Expression& at);
  Status EmitNode(const ScalarSubquery& subquery, const Expression& at);
  Status EmitNode(const Like& like, const Expression& at);
  Status EmitNode(const IsTest& test, const Expression& at);
  Status EmitNode(const IsDistinct& distinct, const Expression& at);
  Status EmitNode(const RowValue& row, const Expression& at);
  Status EmitNode(const ArrayValue& array, const Expression& at);
  Status EmitNode(const MapValue& map, const Expression& at);
  Status EmitNode(const Subscript& subscript, const Expression& at);
  Status EmitNode(const Member& member, const Expression& at);
  // casts and calls: emit_call.cc
  Status EmitNode(const Cast& cast, const Expression& at);
  Status EmitNode(const Trim& trim, const Expression& at);
  Status EmitNode(const Call& call, const Expression& at);
  Status EmitCast(const Expression& operand, const TypeRef& type);
  Status EmitScalar(const Call& call, const FunctionRule& rule, Span span);
  Status EmitSpecial(const Call& call, const FunctionRule& rule, Span span);
  Status EmitTemporal(const Call& call, std::string_view name, Span span);
  Status EmitAggregate(const Call& call, const FunctionRule& rule, Span span);
  Status EmitAggregateCall(std::string_view function, const Call& call, bool with_filter);
  Status EmitOver(const Call& call);
  Status EmitExtreme(const Call& call, std::string_view function);
  Status EmitPattern(std::string_view pattern, const Call& call);
  Status EnterCopying(Span span);
  Status CheckCall(const Call& call, const FunctionRule& rule, Span span);

  void Write(std::string_view text) { out_.text += text; }
  void WriteName(std::string_view name);
  void WriteString(std::string_view text);
  /// A DATE or TIMESTAMP as a decimal of seconds.
  void WriteFine(const Literal& literal);
  /// The name of a function of ours; remembered.
  void WriteOwn(std::string_view function);
  void Map(size_t begin, Span user);
  void KnowColumn(std::string_view name) { names_.insert(std::string(name)); }
  Status Refuse(std::string_view what, Span span, std::string why = "",
                std::string hint = "");
  Status Invalid(int code, std::string sentence, Span span, std::string hint = "");
  Status CheckNames();

  struct UsedName {
    std::string name;
    Span span;
    std::string qualifier;  ///< of a second part: counts only if it names a relation
  };

  const SourceText& source_;
  RelationBinder* binder_;
  const std::set<const Expression*>* fine_literals_;
  EmittedQuery out_;
  std::set<std::string> names_;  // columns and aliases that exist anywhere in the query
  std::set<std::string> relations_;  // names of relations
  std::vector<UsedName> used_;
  std::vector<UsedName> members_;  // output columns named by a member of a ROW, perhaps
  std::vector<std::vector<std::string>> with_;   // WITH names by query, innermost last
  std::vector<std::vector<ObjectName>> tables_;  // unaliased tables by select
  std::set<std::string> functions_;
  bool unknown_columns_ = false;  // a relation did not tell its columns
  bool in_aggregate_ = false;
  int copying_ = 0;  // levels of calls that write their arguments more than once
};

/// What the text alone says of a value.
ValueKind KindOfValue(const Expression& expression);

}  // namespace tarn::sql
