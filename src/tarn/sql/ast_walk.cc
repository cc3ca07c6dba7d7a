// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/ast_walk.h"

namespace tarn::sql {
namespace {

using Visit = std::function<void(const Expression&)>;

/// The expressions directly below each kind of node.
struct Children {
  const Visit& visit;

  void One(const ExpressionPtr& child) const {
    if (child != nullptr) visit(*child);
  }
  void All(const std::vector<ExpressionPtr>& children) const {
    for (const ExpressionPtr& child : children) One(child);
  }

  void operator()(const Literal&) const {}
  void operator()(const IntervalLiteral&) const {}
  void operator()(const ColumnRef&) const {}
  void operator()(const Star&) const {}
  void operator()(const Unary& node) const { One(node.operand); }
  void operator()(const Binary& node) const {
    One(node.left);
    One(node.right);
  }
  void operator()(const Logical& node) const { All(node.operands); }
  void operator()(const Call& node) const {
    for (const CallArgument& argument : node.arguments) One(argument.value);
    for (const OrderItem& item : node.within_group) One(item.expression);
    One(node.filter);
    if (node.over == nullptr) return;
    All(node.over->partition_by);
    for (const OrderItem& item : node.over->order_by) One(item.expression);
  }
  void operator()(const Trim& node) const {
    One(node.characters);
    One(node.operand);
  }
  void operator()(const Cast& node) const { One(node.operand); }
  void operator()(const Case& node) const {
    One(node.operand);
    for (const auto& [when, then] : node.branches) {
      One(when);
      One(then);
    }
    One(node.otherwise);
  }
  void operator()(const Between& node) const {
    One(node.operand);
    One(node.low);
    One(node.high);
  }
  void operator()(const InList& node) const {
    One(node.operand);
    All(node.items);
  }
  void operator()(const InSubquery& node) const { One(node.operand); }
  void operator()(const Quantified& node) const { One(node.operand); }
  void operator()(const Exists&) const {}
  void operator()(const ScalarSubquery&) const {}
  void operator()(const Like& node) const {
    One(node.operand);
    One(node.pattern);
    One(node.escape);
  }
  void operator()(const IsTest& node) const { One(node.operand); }
  void operator()(const IsDistinct& node) const {
    One(node.left);
    One(node.right);
  }
  void operator()(const RowValue& node) const { All(node.items); }
  void operator()(const ArrayValue& node) const { All(node.items); }
  void operator()(const MapValue& node) const { All(node.items); }
  void operator()(const Subscript& node) const {
    One(node.operand);
    One(node.index);
  }
  void operator()(const Member& node) const { One(node.operand); }
};

}  // namespace

void WalkExpression(const Expression& expression, const Visit& visit) {
  visit(expression);
  const Visit below = [&](const Expression& child) { WalkExpression(child, visit); };
  std::visit(Children{below}, expression.node);
}

const Expression* FindNode(const Expression& expression,
                           const std::function<bool(const Expression&)>& test) {
  const Expression* found = nullptr;
  WalkExpression(expression, [&](const Expression& node) {
    if (found == nullptr && test(node)) found = &node;
  });
  return found;
}

}  // namespace tarn::sql
