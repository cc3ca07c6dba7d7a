// SPDX-License-Identifier: Apache-2.0
#include "tarn/expr/predicate.h"

#include <algorithm>

#include <arrow/scalar.h>

namespace tarn::expr {
namespace {

void CollectColumns(const Predicate& predicate, std::vector<std::string>* out) {
  if (predicate.kind == Predicate::Kind::kLeaf) {
    if (std::find(out->begin(), out->end(), predicate.column) == out->end()) {
      out->push_back(predicate.column);
    }
    return;
  }
  for (const PredicatePtr& child : predicate.children) CollectColumns(*child, out);
}

PredicatePtr Combine(Predicate::Kind kind, std::vector<PredicatePtr> children) {
  if (children.size() == 1) return children.front();
  auto out = std::make_shared<Predicate>();
  out->kind = kind;
  for (PredicatePtr& child : children) {
    // An AND inside an AND, an OR inside an OR, joins its parent.
    if (child->kind == kind) {
      out->children.insert(out->children.end(), child->children.begin(),
                           child->children.end());
    } else {
      out->children.push_back(std::move(child));
    }
  }
  return out;
}

}  // namespace

PredicatePtr And(std::vector<PredicatePtr> children) {
  return Combine(Predicate::Kind::kAnd, std::move(children));
}

PredicatePtr Or(std::vector<PredicatePtr> children) {
  return Combine(Predicate::Kind::kOr, std::move(children));
}

PredicatePtr Not(PredicatePtr child) {
  auto out = std::make_shared<Predicate>();
  out->kind = Predicate::Kind::kNot;
  out->children.push_back(std::move(child));
  return out;
}

PredicatePtr Leaf(std::string column, CompareOp op,
                  std::vector<std::shared_ptr<arrow::Scalar>> constants) {
  auto out = std::make_shared<Predicate>();
  out->kind = Predicate::Kind::kLeaf;
  out->column = std::move(column);
  out->op = op;
  out->constants = std::move(constants);
  return out;
}

std::vector<std::string> ColumnsOf(const Predicate& predicate) {
  std::vector<std::string> out;
  CollectColumns(predicate, &out);
  return out;
}

PredicatePtr KeepOnly(const PredicatePtr& predicate,
                      const std::vector<std::string>& columns) {
  if (predicate == nullptr) return nullptr;
  if (predicate->kind == Predicate::Kind::kAnd) {
    std::vector<PredicatePtr> kept;
    for (const PredicatePtr& child : predicate->children) {
      PredicatePtr part = KeepOnly(child, columns);
      if (part != nullptr) kept.push_back(std::move(part));
    }
    return kept.empty() ? nullptr : And(std::move(kept));
  }
  for (const std::string& column : ColumnsOf(*predicate)) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      return nullptr;
    }
  }
  return predicate;
}

}  // namespace tarn::expr
