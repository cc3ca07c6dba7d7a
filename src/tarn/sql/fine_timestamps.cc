// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/fine_timestamps.h"

#include <algorithm>
#include <string>

#include "tarn/sql/ast_walk.h"
#include "tarn/sql/literal.h"
#include "tarn/sql/token.h"
#include "tarn/types/instant.h"

namespace tarn::sql {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

bool HoldsFine(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      return HoldsFine(type.element());
    case TypeRoot::kMap:
      return HoldsFine(type.key()) || HoldsFine(type.element());
    case TypeRoot::kRow:
      return std::any_of(type.fields().begin(), type.fields().end(),
                         [](const DataField& field) { return HoldsFine(field.type); });
    default:
      return types::IsFineTimestamp(type);
  }
}

bool IsComparison(BinaryOperator op) {
  return op <= BinaryOperator::kGreaterEqual;
}

bool IsSubquery(const Expression& node) {
  return node.As<InSubquery>() != nullptr || node.As<Quantified>() != nullptr ||
         node.As<Exists>() != nullptr || node.As<ScalarSubquery>() != nullptr;
}

bool IsNull(const Expression& node) {
  const Literal* literal = node.As<Literal>();
  return literal != nullptr && literal->kind == LiteralKind::kNull;
}

/// Judges one SELECT. Names stand for columns: where one name is a fine column here and
/// another kind of column there, decimals do not do.
class SelectUses {
 public:
  explicit SelectUses(const std::map<uint32_t, std::vector<DataField>>& fields_at) {
    for (const auto& [place, fields] : fields_at) {
      for (const DataField& field : fields) {
        const TypeRoot root = HoldsFine(field.type) ? field.type.root() : kOther;
        if (root != kOther) places_.insert(place);
        const auto [at, added] = roots_.emplace(field.name, root);
        ambiguous_ |= !added && at->second != root;
      }
    }
  }

  bool meets_fine() const { return !places_.empty(); }

  bool Accept(const Query& query) {
    if (ambiguous_) return false;
    std::vector<const Query*> around;  // whose ORDER BY may name what the SELECT gives
    const Query* inner = &query;
    around.push_back(inner);
    while (const QueryPtr* parenthesized = inner->As<QueryPtr>()) {
      around.push_back(inner = parenthesized->get());
    }
    const Select* select = inner->As<Select>();
    if (select == nullptr || !select->windows.empty()) return false;
    const bool good =
        std::all_of(select->from.begin(), select->from.end(),
                    [&](const auto& table) { return AcceptTable(*table); }) &&
        places_.empty() &&
        std::all_of(select->items.begin(), select->items.end(),
                    [&](const SelectItem& item) { return AcceptItem(item); }) &&
        AcceptExpression(select->where) && AcceptExpression(select->having) &&
        AcceptExpression(select->qualify) && AcceptGroups(*select);
    return good && std::all_of(around.begin(), around.end(), [&](const Query* each) {
             return each->with.empty() && AcceptOrder(*each);
           });
  }

  std::set<const Expression*> TakeLiterals() { return std::move(literals_); }

 private:
  static constexpr TypeRoot kOther = TypeRoot::kBoolean;

  bool Names(const Expression& expression) const {
    const ColumnRef* column = expression.As<ColumnRef>();
    return column != nullptr && std::any_of(column->parts.begin(), column->parts.end(),
                                            [&](const Identifier& part) {
                                              const auto at = roots_.find(part.name);
                                              return at != roots_.end() &&
                                                     at->second != kOther;
                                            });
  }

  /// The column that `expression` is, or whose least or greatest value it is; kOther
  /// where it is no column that holds fine timestamps.
  TypeRoot RootOf(const Expression& expression) const {
    if (const Call* call = expression.As<Call>()) {
      const bool extreme = EqualsIgnoringCase(call->name.object(), "MIN") ||
                           EqualsIgnoringCase(call->name.object(), "MAX");
      if (!extreme || call->arguments.size() != 1 || call->over != nullptr ||
          call->filter != nullptr) {
        return kOther;
      }
      const Expression& argument = *call->arguments[0].value;
      return argument.As<ColumnRef>() == nullptr ? kOther : RootOf(argument);
    }
    const ColumnRef* column = expression.As<ColumnRef>();
    if (column == nullptr || column->parts.size() > 2) return kOther;
    const auto root_of = [&](const Identifier& part) {
      const auto at = roots_.find(part.name);
      return at == roots_.end() ? kOther : at->second;
    };
    if (column->parts.size() == 2 && root_of(column->parts[0]) != kOther) return kOther;
    return root_of(column->parts.back());
  }

  /// A use that decimals serve: remember the nodes below it.
  void Allow(const Expression& expression) {
    WalkExpression(expression, [&](const Expression& node) { allowed_.insert(&node); });
  }

  /// `column` is compared with `other`.
  void AllowComparison(const Expression& column, const Expression& other) {
    const TypeRoot root = RootOf(column);
    if (root != TypeRoot::kTimestamp && root != TypeRoot::kLocalZonedTimestamp) return;
    const Literal* literal = other.As<Literal>();
    const bool time =
        literal != nullptr && root == TypeRoot::kTimestamp &&
        (literal->kind == LiteralKind::kTimestamp || literal->kind == LiteralKind::kDate);
    if (!time && !IsNull(other) && RootOf(other) != root) return;
    Allow(column);
    Allow(other);
    if (time) literals_.insert(&other);
  }

  void AllowBelow(const Expression& node) {
    if (const IsTest* test = node.As<IsTest>()) {
      if (test->kind == TestKind::kNull && RootOf(*test->operand) != kOther) {
        Allow(*test->operand);
      }
    } else if (const Call* call = node.As<Call>()) {
      if (EqualsIgnoringCase(call->name.object(), "COUNT") && call->over == nullptr) {
        for (const CallArgument& argument : call->arguments) {
          if (RootOf(*argument.value) != kOther) Allow(*argument.value);
        }
      }
    } else if (const Binary* binary = node.As<Binary>()) {
      if (!IsComparison(binary->op)) return;
      AllowComparison(*binary->left, *binary->right);
      AllowComparison(*binary->right, *binary->left);
    } else if (const IsDistinct* distinct = node.As<IsDistinct>()) {
      AllowComparison(*distinct->left, *distinct->right);
      AllowComparison(*distinct->right, *distinct->left);
    } else if (const Between* between = node.As<Between>()) {
      AllowComparison(*between->operand, *between->low);
      AllowComparison(*between->operand, *between->high);
    } else if (const InList* in = node.As<InList>()) {
      for (const ExpressionPtr& item : in->items) AllowComparison(*in->operand, *item);
    }
  }

  /// Parents are seen before what stands below them. A literal beside a column that
  /// decimals serve must be a decimal, too: a list with another value in it is refused.
  bool AcceptExpression(const ExpressionPtr& expression) {
    if (expression == nullptr) return true;
    return FindNode(*expression, [&](const Expression& node) {
             if (IsSubquery(node)) return true;
             AllowBelow(node);
             if (const InList* in = node.As<InList>()) {
               if (RootOf(*in->operand) != kOther && !AllAllowed(in->items)) return true;
             }
             if (const Between* between = node.As<Between>()) {
               if (RootOf(*between->operand) != kOther &&
                   !(allowed_.contains(between->low.get()) &&
                     allowed_.contains(between->high.get()))) {
                 return true;
               }
             }
             return Names(node) && !allowed_.contains(&node);
           }) == nullptr;
  }

  bool AllAllowed(const std::vector<ExpressionPtr>& items) const {
    return std::all_of(items.begin(), items.end(), [&](const ExpressionPtr& item) {
      return allowed_.contains(item.get());
    });
  }

  bool AcceptItem(const SelectItem& item) {
    const TypeRoot root = RootOf(*item.expression);
    if (item.expression->As<Star>() != nullptr) return true;
    if (root == kOther) return AcceptExpression(item.expression);
    // Elsewhere the alias stands for the column.
    if (item.alias) roots_[item.alias->name] = root;
    return true;
  }

  bool AcceptTable(const TableExpression& table) {
    if (const Join* join = table.As<Join>()) {
      // Columns of USING and NATURAL are other columns than those of the tables.
      return !join->natural && join->using_columns.empty() && AcceptTable(*join->left) &&
             AcceptTable(*join->right) && AcceptExpression(join->on);
    }
    if (table.As<NamedTable>() == nullptr) return false;
    places_.erase(table.span.offset);
    return !table.alias || table.alias->columns.empty();
  }

  bool AcceptGroups(const Select& select) {
    for (const GroupItem& item : select.group_by) {
      for (const std::vector<ExpressionPtr>& set : item.sets) {
        for (const ExpressionPtr& expression : set) {
          const bool column =
              expression->As<ColumnRef>() != nullptr && RootOf(*expression) != kOther;
          if (!column && !AcceptExpression(expression)) return false;
        }
      }
    }
    return true;
  }

  bool AcceptOrder(const Query& query) {
    return std::all_of(
        query.order_by.begin(), query.order_by.end(), [&](const OrderItem& item) {
          return RootOf(*item.expression) != kOther || AcceptExpression(item.expression);
        });
  }

  std::map<std::string, TypeRoot> roots_;  ///< by name; kOther for columns of other kinds
  std::set<uint32_t> places_;  ///< of tables with fine timestamps not met in FROM yet
  bool ambiguous_ = false;
  std::set<const Expression*> allowed_;
  std::set<const Expression*> literals_;
};

/// Columns of VALUES whose cells are all TIMESTAMP literals or NULL, one of them fine.
FineTimestamps OfValues(const Values& values) {
  FineTimestamps out;
  const size_t width = values.rows.empty() ? 0 : values.rows[0].size();
  for (size_t column = 0; column < width; ++column) {
    bool fine = false;
    std::set<const Expression*> literals;
    const bool all = std::all_of(values.rows.begin(), values.rows.end(),
                                 [&](const std::vector<ExpressionPtr>& row) {
                                   const Expression& cell = *row[column];
                                   const Literal* literal = cell.As<Literal>();
                                   if (literal == nullptr) return false;
                                   if (literal->kind == LiteralKind::kNull) return true;
                                   if (literal->kind != LiteralKind::kTimestamp)
                                     return false;
                                   fine = fine || FractionDigits(literal->text) > 6;
                                   literals.insert(&cell);
                                   return true;
                                 });
    if (!all || !fine) continue;
    out.as_decimals = true;
    out.columns.insert(column);
    out.literals.merge(literals);
  }
  return out;
}

}  // namespace

FineTimestamps FineTimestampsOf(
    const Query& query, const std::map<uint32_t, std::vector<DataField>>& fields_at) {
  if (const Values* values = query.As<Values>();
      values != nullptr && query.with.empty() && query.order_by.empty()) {
    return OfValues(*values);
  }
  FineTimestamps out;
  SelectUses uses(fields_at);
  if (!uses.meets_fine() || !uses.Accept(query)) return out;
  out.as_decimals = true;
  out.literals = uses.TakeLiterals();
  return out;
}

}  // namespace tarn::sql
