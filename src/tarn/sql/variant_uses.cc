// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/variant_uses.h"

#include <algorithm>
#include <set>
#include <string>

#include "tarn/sql/ast_walk.h"
#include "tarn/sql/diagnostic.h"

namespace tarn::sql {
namespace {

using types::DataField;
using types::TypeRoot;

class VariantUses {
 public:
  VariantUses(const std::map<uint32_t, std::vector<DataField>>& fields_at,
              const SourceText& source)
      : source_(source) {
    for (const auto& [place, fields] : fields_at) {
      for (const DataField& field : fields) {
        if (!HoldsVariant(field.type)) continue;
        names_.insert(field.name);
        places_.insert(place);
        nested_ |= field.type.root() != TypeRoot::kVariant;
      }
    }
  }

  Status Check(const Query& query) {
    if (names_.empty()) return Status::OK();
    if (nested_) return Refuse("A variant inside another value", query.span);
    const Query* inner = &query;
    while (const QueryPtr* parenthesized = inner->As<QueryPtr>()) {
      ARROW_RETURN_NOT_OK(CheckOrder(*inner));
      inner = parenthesized->get();
    }
    const Select* select = inner->As<Select>();
    if (select == nullptr) return Refuse("A set operation over variants", query.span);
    for (const TableExpressionPtr& table : select->from) {
      ARROW_RETURN_NOT_OK(CheckTable(*table));
    }
    if (!places_.empty()) return Refuse("A variant in a subquery", query.span);
    if (select->distinct || select->has_group_by || !select->windows.empty()) {
      return Refuse("DISTINCT, GROUP BY and WINDOW over a table with variants",
                    query.span);
    }
    for (const SelectItem& item : select->items) ARROW_RETURN_NOT_OK(CheckItem(item));
    ARROW_RETURN_NOT_OK(CheckExpression(select->where));
    ARROW_RETURN_NOT_OK(CheckExpression(select->having));
    ARROW_RETURN_NOT_OK(CheckExpression(select->qualify));
    return CheckOrder(*inner);
  }

 private:
  Status Refuse(std::string_view what, Span span) const {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     fmt::format("{} is not supported yet", what), span, "",
                     "Select the column alone, or ask whether it IS NULL"},
                    source_);
  }

  bool Names(const Expression& expression) const {
    const ColumnRef* column = expression.As<ColumnRef>();
    return column != nullptr && std::any_of(column->parts.begin(), column->parts.end(),
                                            [&](const Identifier& part) {
                                              return names_.contains(part.name);
                                            });
  }

  Status CheckItem(const SelectItem& item) {
    const ColumnRef* column = item.expression->As<ColumnRef>();
    const bool alone =
        column != nullptr && column->parts.size() <= 2 &&
        names_.contains(column->parts.back().name) &&
        (column->parts.size() == 1 || !names_.contains(column->parts[0].name));
    if (!alone) return CheckExpression(item.expression);
    // What ORDER BY must not name, either.
    if (item.alias) names_.insert(item.alias->name);
    return Status::OK();
  }

  Status CheckExpression(const ExpressionPtr& expression) const {
    if (expression == nullptr) return Status::OK();
    std::set<const Expression*> tested;
    const Expression* wrong = FindNode(*expression, [&](const Expression& node) {
      if (const IsTest* test = node.As<IsTest>();
          test != nullptr && test->kind == TestKind::kNull) {
        tested.insert(test->operand.get());
      }
      if (node.As<InSubquery>() != nullptr || node.As<Quantified>() != nullptr ||
          node.As<Exists>() != nullptr || node.As<ScalarSubquery>() != nullptr) {
        return true;
      }
      return Names(node) && !tested.contains(&node);
    });
    if (wrong == nullptr) return Status::OK();
    return Refuse("An expression over a variant, or a subquery beside one", wrong->span);
  }

  Status CheckTable(const TableExpression& table) {
    if (const Join* join = table.As<Join>()) {
      ARROW_RETURN_NOT_OK(CheckTable(*join->left));
      ARROW_RETURN_NOT_OK(CheckTable(*join->right));
      const bool named =
          join->natural ||
          std::any_of(join->using_columns.begin(), join->using_columns.end(),
                      [&](const Identifier& name) { return names_.contains(name.name); });
      if (named) return Refuse("A join by variants", table.span);
      return CheckExpression(join->on);
    }
    if (table.As<NamedTable>() == nullptr) return Status::OK();
    if (places_.erase(table.span.offset) > 0 && table.alias &&
        !table.alias->columns.empty()) {
      return Refuse("Renaming the columns of a table with variants", table.span);
    }
    return Status::OK();
  }

  Status CheckOrder(const Query& query) const {
    for (const OrderItem& item : query.order_by) {
      if (item.expression->As<Literal>() != nullptr) {
        return Refuse("ORDER BY a number over a table with variants", item.span);
      }
      ARROW_RETURN_NOT_OK(CheckExpression(item.expression));
    }
    return Status::OK();
  }

  const SourceText& source_;
  std::set<std::string> names_;
  std::set<uint32_t> places_;  ///< of tables with variants that were not met in FROM
  bool nested_ = false;
};

}  // namespace

bool HoldsVariant(const types::DataType& type) {
  switch (type.root()) {
    case TypeRoot::kVariant:
      return true;
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
    case TypeRoot::kVector:
      return HoldsVariant(type.element());
    case TypeRoot::kMap:
      return HoldsVariant(type.key()) || HoldsVariant(type.element());
    case TypeRoot::kRow:
      return std::any_of(type.fields().begin(), type.fields().end(),
                         [](const DataField& field) { return HoldsVariant(field.type); });
    default:
      return false;
  }
}

Status CheckVariantUses(const Query& query,
                        const std::map<uint32_t, std::vector<DataField>>& fields_at,
                        const SourceText& source) {
  return VariantUses(fields_at, source).Check(query);
}

}  // namespace tarn::sql
