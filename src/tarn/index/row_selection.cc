// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/row_selection.h"

#include <arrow/array.h>
#include <arrow/scalar.h>

namespace tarn::index {
namespace {

using expr::CompareOp;
using expr::Predicate;

constexpr int kDepthMax = 256;

/// One leaf, turned round where it stands below a NOT.
class Leaf {
 public:
  Leaf(const Predicate& leaf, bool negated) : leaf_(leaf), negated_(negated) {}

  Result<RowSelection> Ask(const AskedIndex& asked) const {
    if (leaf_.op == CompareOp::kIsNull) return AskNulls(asked, !negated_);
    if (leaf_.op == CompareOp::kIsNotNull) return AskNulls(asked, negated_);
    return leaf_.op == CompareOp::kIn ? AskIn(asked) : AskComparison(asked);
  }

 private:
  static RowSelection From(std::optional<Roaring> rows) {
    return rows ? RowSelection::Of(*std::move(rows)) : RowSelection::All();
  }

  static Result<RowSelection> AskNulls(const AskedIndex& asked, bool wants_null) {
    if (asked.index == nullptr) {
      return wants_null ? RowSelection::All() : RowSelection::None();
    }
    ARROW_ASSIGN_OR_RAISE(auto rows,
                          wants_null ? asked.index->Nulls() : asked.index->Values());
    return From(std::move(rows));
  }

  Result<RowSelection> AskIn(const AskedIndex& asked) const {
    RowSelection out = RowSelection::None();
    for (const auto& constant : leaf_.constants) {
      if (constant == nullptr || !constant->is_valid) {
        if (negated_) return RowSelection::None();  // false or unknown, never true
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(const RowSelection rows,
                            Compare(asked, CompareOp::kEqual, *constant));
      out.Or(rows);
    }
    return negated_ ? Without(asked, out) : out;
  }

  Result<RowSelection> AskComparison(const AskedIndex& asked) const {
    if (leaf_.constants.size() != 1) return RowSelection::All();
    const auto& constant = leaf_.constants.front();
    if (constant == nullptr || !constant->is_valid) return RowSelection::None();
    const CompareOp op = negated_ ? Negated(leaf_.op) : leaf_.op;
    if (op != CompareOp::kNotEqual) return Compare(asked, op, *constant);
    ARROW_ASSIGN_OR_RAISE(const RowSelection equal,
                          Compare(asked, CompareOp::kEqual, *constant));
    return Without(asked, equal);
  }

  /// Rows with a value that are not among `equal`.
  static Result<RowSelection> Without(const AskedIndex& asked,
                                      const RowSelection& equal) {
    ARROW_ASSIGN_OR_RAISE(RowSelection out, AskNulls(asked, false));
    // Where values share a key, a row with the key may have another value.
    if (out.all || equal.all || asked.index == nullptr || !asked.form->is_exact()) {
      return out;
    }
    out.rows -= equal.rows;
    return out;
  }

  static Result<RowSelection> Compare(const AskedIndex& asked, CompareOp op,
                                      const arrow::Scalar& constant) {
    if (asked.index == nullptr) return RowSelection::None();
    ARROW_ASSIGN_OR_RAISE(const auto array, arrow::MakeArrayFromScalar(constant, 1));
    const KeyForm& form = *asked.form;
    if (!form.HasKey(*array, 0)) return RowSelection::All();
    IndexKey key = form.KeyOf(*array, 0);
    if (!form.is_exact() && op == CompareOp::kLess) op = CompareOp::kLessOrEqual;
    if (!form.is_exact() && op == CompareOp::kGreater) op = CompareOp::kGreaterOrEqual;
    if (form.IsZero(key)) {
      if (op == CompareOp::kEqual) {
        ARROW_ASSIGN_OR_RAISE(auto one, asked.index->Compare(op, form.NegativeZero()));
        ARROW_ASSIGN_OR_RAISE(auto other, asked.index->Compare(op, form.PositiveZero()));
        RowSelection out = From(std::move(one));
        out.Or(From(std::move(other)));
        return out;
      }
      const bool below = op == CompareOp::kLess || op == CompareOp::kGreaterOrEqual;
      key = below ? form.NegativeZero() : form.PositiveZero();
    }
    ARROW_ASSIGN_OR_RAISE(auto rows, asked.index->Compare(op, key));
    return From(std::move(rows));
  }

  static CompareOp Negated(CompareOp op) {
    switch (op) {
      case CompareOp::kEqual:
        return CompareOp::kNotEqual;
      case CompareOp::kNotEqual:
        return CompareOp::kEqual;
      case CompareOp::kLess:
        return CompareOp::kGreaterOrEqual;
      case CompareOp::kLessOrEqual:
        return CompareOp::kGreater;
      case CompareOp::kGreater:
        return CompareOp::kLessOrEqual;
      case CompareOp::kGreaterOrEqual:
        return CompareOp::kLess;
      default:
        return op;
    }
  }

  const Predicate& leaf_;
  const bool negated_;
};

Result<RowSelection> SelectTree(const Predicate& predicate, const IndexLookup& indexes,
                                bool negated, int depth) {
  if (depth > kDepthMax) return RowSelection::All();
  if (predicate.kind == Predicate::Kind::kLeaf) {
    ARROW_ASSIGN_OR_RAISE(const auto asked, indexes(predicate.column));
    RowSelection out = RowSelection::All();
    for (const AskedIndex& index : asked) {
      ARROW_ASSIGN_OR_RAISE(const RowSelection part, Leaf(predicate, negated).Ask(index));
      out.And(part);
      if (out.none()) break;
    }
    return out;
  }
  if (predicate.kind == Predicate::Kind::kNot) {
    TARN_CHECK(predicate.children.size() == 1);
    return SelectTree(*predicate.children[0], indexes, !negated, depth + 1);
  }
  const bool all_of = (predicate.kind == Predicate::Kind::kAnd) != negated;
  RowSelection out = all_of ? RowSelection::All() : RowSelection::None();
  for (const auto& child : predicate.children) {
    ARROW_ASSIGN_OR_RAISE(const RowSelection part,
                          SelectTree(*child, indexes, negated, depth + 1));
    all_of ? out.And(part) : out.Or(part);
    if (all_of ? out.none() : out.all) break;
  }
  return out;
}

}  // namespace

void RowSelection::And(const RowSelection& other) {
  if (other.all) return;
  if (all) {
    *this = other;
  } else {
    rows &= other.rows;
  }
}

void RowSelection::Or(const RowSelection& other) {
  if (all) return;
  if (other.all) {
    *this = All();
  } else {
    rows |= other.rows;
  }
}

Result<RowSelection> SelectRows(const Predicate& predicate, const IndexLookup& indexes) {
  return SelectTree(predicate, indexes, false, 0);
}

}  // namespace tarn::index
