// SPDX-License-Identifier: Apache-2.0
// Functions whose result is a list of elements in the order of their coming: collect (but
// for distinct values that Java hashes) and nested_update without a key.
#include <algorithm>
#include <utility>

#include <arrow/array.h>

#include "tarn/merge/elements.h"
#include "tarn/merge/fold_collections.h"
#include "tarn/merge/fold_loop.h"

namespace tarn::merge::internal {
namespace {

/// Paimon `FieldCollectAgg` without a hash table.
class Collect {
 public:
  Collect(const FoldInput& input, const Elements& elements, const ElementKeys* keys)
      : elements_(elements), keys_(keys), distinct_(input.aggregate().distinct) {
    element_is_row_ =
        input.spec.fields[input.column].type.element().root() == types::TypeRoot::kRow;
  }

  /// The accumulator stays in front even where a record comes late.
  static constexpr bool kReverses = false;

  Status Add(ElementList* acc, ElementList in) const {
    if (!in.valid) return Status::OK();
    if (!acc->valid && !distinct_) {
      *acc = std::move(in);
      return Status::OK();
    }
    acc->valid = true;
    for (ElementRef element : in.items) {
      if (distinct_) {
        ARROW_ASSIGN_OR_RAISE(const bool known, Holds(acc->items, element));
        if (known) continue;
      }
      acc->items.push_back(element);
    }
    return Status::OK();
  }

  Status Retract(ElementList* acc, ElementList in) const {
    if (!acc->valid || !in.valid || in.items.empty()) return Status::OK();
    RemoveOnce(*keys_, &acc->items, std::move(in.items));
    return Status::OK();
  }

 private:
  Result<bool> Holds(const std::vector<ElementRef>& list, ElementRef wanted) const {
    const bool null_wanted = elements_.IsNull(wanted);
    for (ElementRef element : list) {
      if (elements_.IsNull(element) && !null_wanted && element_is_row_) {
        return InvalidInput(1654, "Distinct collection of rows holds a NULL row");
      }
      if (keys_->Equal(element, wanted)) return true;
    }
    return false;
  }

  const Elements& elements_;
  const ElementKeys* keys_;
  bool distinct_;
  bool element_is_row_ = false;
};

/// Paimon `FieldNestedUpdateAgg` without a nested key: rows pile up.
class NestedRows {
 public:
  NestedRows(const FoldInput& input, const Elements& elements, const ElementKeys* keys)
      : elements_(elements), keys_(keys), limit_(input.aggregate().count_limit) {}

  static constexpr bool kReverses = true;

  Status Add(ElementList* acc, ElementList in) const {
    if (!in.valid) return Status::OK();
    int64_t room = limit_;
    if (acc->valid) {
      const auto size = static_cast<int64_t>(acc->items.size());
      if (size >= limit_) return Status::OK();
      room -= size;
      DropNulls(&acc->items);
    }
    acc->valid = true;
    for (ElementRef row : in.items) {
      if (room <= 0) break;
      if (elements_.IsNull(row)) continue;
      acc->items.push_back(row);
      --room;
    }
    return Status::OK();
  }

  Status Retract(ElementList* acc, ElementList in) const {
    if (!acc->valid || !in.valid) return Status::OK();
    DropNulls(&acc->items);
    for (ElementRef row : in.items) {
      if (elements_.IsNull(row)) continue;
      std::erase_if(acc->items, [&](ElementRef held) { return keys_->Equal(held, row); });
    }
    return Status::OK();
  }

 private:
  void DropNulls(std::vector<ElementRef>* rows) const {
    std::erase_if(*rows, [&](ElementRef row) { return elements_.IsNull(row); });
  }

  const Elements& elements_;
  const ElementKeys* keys_;
  int64_t limit_;
};

template <typename Function>
class ListRule {
 public:
  ListRule(const FoldInput& input, const Elements& elements, const Function& function)
      : cells_(input),
        elements_(elements),
        function_(function),
        sink_(input),
        ignore_retract_(input.aggregate().ignore_retract) {}

  void Start() { acc_.Clear(); }
  Status Set(int32_t entry) {
    acc_ = Cell(entry);
    return Status::OK();
  }
  Status Add(int32_t entry) { return function_.Add(&acc_, Cell(entry)); }
  Status AddReversed(int32_t entry) {
    if (!Function::kReverses && !ignore_retract_) return Add(entry);
    ElementList late = std::exchange(acc_, Cell(entry));
    return function_.Add(&acc_, std::move(late));
  }
  Status Retract(int32_t entry) { return function_.Retract(&acc_, Cell(entry)); }
  Status Finish() {
    acc_.valid ? sink_.Append(acc_.items) : sink_.AppendNull();
    return Status::OK();
  }
  ListSink& sink() { return sink_; }

 private:
  ElementList Cell(int32_t entry) const {
    return ElementList::OfCell(cells_, elements_, entry);
  }

  Cells cells_;
  const Elements& elements_;
  const Function& function_;
  ListSink sink_;
  /// Java's wrapper that ignores retractions does not know that collect reverses nothing.
  bool ignore_retract_;
  ElementList acc_;
};

template <typename Function>
Result<std::shared_ptr<arrow::Array>> Fold(const base::Context& context,
                                           const std::shared_ptr<arrow::DataType>& type,
                                           const FoldInput& input,
                                           const Elements& elements,
                                           const ElementKeys* keys) {
  const Function function(input, elements, keys);
  ListRule<Function> rule(input, elements, function);
  ARROW_RETURN_NOT_OK(FoldKeys(input, &rule));
  return rule.sink().Finish(context, type, elements.values());
}

}  // namespace

ElementList ElementList::OfCell(const Cells& cells, const Elements& elements,
                                int32_t entry) {
  ElementList out;
  out.valid = cells.IsValid(entry);
  if (!out.valid) return out;
  const Elements::Range range = elements.Of(entry);
  out.items.reserve(range.end - range.begin);
  for (int32_t at = range.begin; at < range.end; ++at) {
    out.items.push_back({range.run, at});
  }
  return out;
}

bool TakesBack(const FoldInput& input) {
  if (input.ops == nullptr || input.aggregate().ignore_retract) return false;
  return std::any_of(input.ops, input.ops + input.order.rows(),
                     [](Op op) { return op == Op::kRetract || op == Op::kResetRetract; });
}

void RemoveOnce(const ElementKeys& keys, std::vector<ElementRef>* list,
                std::vector<ElementRef> removed) {
  std::erase_if(*list, [&](ElementRef held) {
    const auto found = std::find_if(removed.begin(), removed.end(), [&](ElementRef gone) {
      return keys.Equal(gone, held);
    });
    if (found == removed.end()) return false;
    removed.erase(found);
    return true;
  });
}

Result<std::shared_ptr<arrow::Array>> FoldLists(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input) {
  const Aggregate& aggregate = input.aggregate();
  const types::DataType& element = input.spec.fields[input.column].type.element();
  const Elements elements(input);
  std::optional<ElementKeys> keys;
  const bool compares = TakesBack(input) || aggregate.distinct;
  if (aggregate.function == AggregateFunction::kNestedUpdate) {
    if (compares) {
      ARROW_ASSIGN_OR_RAISE(keys, KeysOfFields(context, elements, element, {}));
    }
    return Fold<NestedRows>(context, type, input, elements, keys ? &*keys : nullptr);
  }
  if (compares) {
    // Java calls `equals` of objects here, which some of them refuse.
    if (!aggregate.distinct && (element.IsBytes() || element.IsNested())) {
      return Unsupported(
          6654, "Retractions from a collection of this type depend on Java's objects:",
          V("column", input.spec.fields[input.column].name),
          V("type", element.ToString()));
    }
    ARROW_ASSIGN_OR_RAISE(
        keys, ElementKeys::OfValues(context.pool, elements.values(), element));
  }
  return Fold<Collect>(context, type, input, elements, keys ? &*keys : nullptr);
}

}  // namespace tarn::merge::internal
