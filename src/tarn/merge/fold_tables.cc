// SPDX-License-Identifier: Apache-2.0
// Functions that keep their elements in a hash table of Java, whose order is stored.
#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <arrow/array.h>

#include "tarn/merge/elements.h"
#include "tarn/merge/entry_codes.h"
#include "tarn/merge/fold_collections.h"
#include "tarn/merge/fold_loop.h"
#include "tarn/types/java_text.h"

namespace tarn::merge::internal {
namespace {

/// Paimon `FieldCollectAgg` with distinct values.
class DistinctValues {
 public:
  explicit DistinctValues(const ElementKeys& keys) : keys_(keys) {}
  static constexpr bool kReverses = false;
  static constexpr bool kFirstIsKept = false;  ///< the first cell is made distinct, too

  Status Load(ElementTable* table, ElementRef value) const {
    return table->Put(value, value);
  }
  Status Apply(ElementTable* table, ElementRef value) const {
    return table->Put(value, value);
  }
  Status Retract(ElementTable*, ElementList* acc, ElementList in) const {
    RemoveOnce(keys_, &acc->items, std::move(in.items));
    return Status::OK();
  }

 private:
  const ElementKeys& keys_;
};

/// Paimon `FieldMergeMapAgg`: the later value of a key wins.
class MergeMap {
 public:
  explicit MergeMap(const ElementKeys& keys) : keys_(keys) {}
  static constexpr bool kReverses = true;
  static constexpr bool kFirstIsKept = true;

  Status Load(ElementTable* table, ElementRef entry) const {
    return table->Put(entry, entry);
  }
  Status Apply(ElementTable* table, ElementRef entry) const {
    return table->Put(entry, entry);
  }
  Status Retract(ElementTable* table, ElementList* acc, ElementList in) const {
    if (in.items.empty()) return Status::OK();
    std::unordered_set<std::string_view> gone;
    for (ElementRef entry : in.items) gone.insert(keys_.bytes(entry));
    table->Clear();
    for (ElementRef entry : acc->items) {
      if (gone.contains(keys_.bytes(entry))) continue;
      ARROW_RETURN_NOT_OK(table->Put(entry, entry));
    }
    acc->items.clear();
    table->ForEach([&](ElementRef, ElementRef value) { acc->items.push_back(value); });
    return Status::OK();
  }

 private:
  const ElementKeys& keys_;
};

/// Paimon `FieldMergeMapWithKeyTimeAgg`: the entry with the later time wins; NULL in
/// place of a row removes the key.
class MergeMapWithKeyTime {
 public:
  MergeMapWithKeyTime(const FoldInput& input, const Elements& elements)
      : rows_(elements.Field(1)) {
    for (const auto& rows : rows_.arrays) {
      times_.push_back(rows == nullptr
                           ? nullptr
                           : static_cast<const arrow::StructArray&>(*rows).field(
                                 input.aggregate().time_field));
    }
  }
  static constexpr bool kReverses = true;
  static constexpr bool kFirstIsKept = true;

  Status Load(ElementTable* table, ElementRef entry) const {
    return table->Put(entry, entry);
  }
  Status Apply(ElementTable* table, ElementRef entry) const {
    if (rows_.arrays[entry.run]->IsNull(entry.at)) {
      table->Remove(entry);
      return Status::OK();
    }
    if (times_[entry.run]->IsNull(entry.at)) return Status::OK();
    const ElementRef* held = table->Find(entry);
    const bool dated = held != nullptr && !rows_.arrays[held->run]->IsNull(held->at) &&
                       !times_[held->run]->IsNull(held->at);
    if (dated && types::CompareJavaText(TimeOf(entry), TimeOf(*held)) <= 0) {
      return Status::OK();
    }
    return table->Put(entry, entry);
  }
  Status Retract(ElementTable*, ElementList*, ElementList) const {
    return InternalError(650, "merge_map_with_keytime takes nothing back");
  }

 private:
  std::string_view TimeOf(ElementRef entry) const {
    return static_cast<const arrow::StringArray&>(*times_[entry.run]).GetView(entry.at);
  }

  RunSlices rows_;
  arrow::ArrayVector times_;
};

/// Paimon `FieldNestedUpdateAgg` with a nested key.
class NestedRowsByKey {
 public:
  static Result<NestedRowsByKey> Make(const FoldInput& input, const Elements& elements,
                                      const ElementKeys& keys) {
    NestedRowsByKey out(input, elements, keys);
    const std::vector<int>& sequence = input.aggregate().nested_sequence;
    out.sequences_.resize(sequence.empty() ? 0 : elements.values().arrays.size());
    for (size_t run = 0; run < out.sequences_.size(); ++run) {
      arrow::ArrayVector columns;
      for (int field : sequence) {
        columns.push_back(elements.Field(field).arrays[run]);
      }
      if (columns[0] == nullptr) continue;
      ARROW_ASSIGN_OR_RAISE(out.sequences_[run],
                            EncodeKeys(columns, KeyEncoding{.nullable = true}));
    }
    return out;
  }
  static constexpr bool kReverses = true;
  static constexpr bool kFirstIsKept = false;

  Status Load(ElementTable* table, ElementRef row) const {
    return Update(table, row, INT32_MAX);
  }
  Status Apply(ElementTable* table, ElementRef row) const {
    return Update(table, row, input_.aggregate().count_limit);
  }
  Status Retract(ElementTable* table, ElementList* acc, ElementList in) const {
    table->Clear();
    for (ElementRef row : acc->items) {
      ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
      if (counts) ARROW_RETURN_NOT_OK(table->Put(row, row));
    }
    for (ElementRef row : in.items) {
      ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
      if (counts) table->Remove(row);
    }
    acc->items.clear();
    table->ForEach([&](ElementRef, ElementRef row) { acc->items.push_back(row); });
    return Status::OK();
  }

 private:
  NestedRowsByKey(const FoldInput& input, const Elements& elements,
                  const ElementKeys& keys)
      : input_(input), elements_(elements), keys_(keys) {}

  Result<bool> Counts(ElementRef row) const {
    if (elements_.IsNull(row)) return false;
    if (!keys_.AnyNull(row)) return true;
    const NullKeys strategy = input_.aggregate().null_keys;
    if (strategy == NullKeys::kError) return NullInKey(input_);
    return strategy == NullKeys::kMerge;
  }
  Status Update(ElementTable* table, ElementRef row, int64_t limit) const {
    ARROW_ASSIGN_OR_RAISE(const bool counts, Counts(row));
    if (!counts) return Status::OK();
    const ElementRef* held = table->Find(row);
    if (held == nullptr) {
      return table->size() < limit ? table->Put(row, row) : Status::OK();
    }
    const bool newer = sequences_.empty() || !Older(row, *held);
    return newer ? table->Put(row, row) : Status::OK();
  }
  bool Older(ElementRef a, ElementRef b) const {
    const RowKeys& x = sequences_[a.run];
    const RowKeys& y = sequences_[b.run];
    if (x.codes[a.at] != y.codes[b.at]) return x.codes[a.at] < y.codes[b.at];
    return !x.views.empty() && x.views[a.at] < y.views[b.at];
  }

  const FoldInput& input_;
  const Elements& elements_;
  const ElementKeys& keys_;
  std::vector<RowKeys> sequences_;  ///< per run; empty = without sequence fields
};

/// The accumulator is a list, or lies in the table as long as that keeps its order.
template <typename Function>
class TableRule {
 public:
  TableRule(const FoldInput& input, const Elements& elements, const ElementKeys& keys,
            const Function& function)
      : cells_(input),
        elements_(elements),
        function_(function),
        table_(keys),
        sink_(input),
        ignore_retract_(input.aggregate().ignore_retract) {}

  void Start() {
    acc_.Clear();
    in_table_ = false;
  }
  Status Set(int32_t entry) {
    acc_ = Cell(entry);
    in_table_ = false;
    return Status::OK();
  }
  Status Add(int32_t entry) { return AddList(Cell(entry)); }
  Status AddReversed(int32_t entry) {
    if (!Function::kReverses && !ignore_retract_) return Add(entry);
    Unload();
    ElementList late = std::exchange(acc_, Cell(entry));
    return AddList(std::move(late));
  }
  Status Retract(int32_t entry) {
    Unload();
    ElementList in = Cell(entry);
    if (!acc_.valid || !in.valid) return Status::OK();
    return function_.Retract(&table_, &acc_, std::move(in));
  }
  Status Finish() {
    Unload();
    acc_.valid ? sink_.Append(acc_.items) : sink_.AppendNull();
    return Status::OK();
  }
  ListSink& sink() { return sink_; }

 private:
  ElementList Cell(int32_t entry) const {
    return ElementList::OfCell(cells_, elements_, entry);
  }
  Status AddList(ElementList in) {
    // A distinct collection is hashed again even when nothing comes to it.
    const bool rehashes = !Function::kReverses && acc_.valid;
    if (!in.valid && !rehashes) return Status::OK();
    if (!acc_.valid && Function::kFirstIsKept) {
      acc_ = std::move(in);
      return Status::OK();
    }
    if (!in_table_) {
      table_.Clear();
      for (ElementRef element : acc_.items) {
        ARROW_RETURN_NOT_OK(function_.Load(&table_, element));
      }
    }
    in_table_ = true;
    acc_.valid = true;
    for (ElementRef element : in.items) {
      ARROW_RETURN_NOT_OK(function_.Apply(&table_, element));
    }
    if (!table_.is_settled()) Unload();
    return Status::OK();
  }
  void Unload() {
    if (!in_table_) return;
    acc_.items.clear();
    table_.ForEach([&](ElementRef, ElementRef value) { acc_.items.push_back(value); });
    in_table_ = false;
  }

  Cells cells_;
  const Elements& elements_;
  const Function& function_;
  ElementTable table_;
  ListSink sink_;
  /// Java's wrapper that ignores retractions does not know that collect reverses nothing.
  bool ignore_retract_;
  ElementList acc_;
  bool in_table_ = false;
};

template <typename Function>
Result<std::shared_ptr<arrow::Array>> Fold(const base::Context& context,
                                           const std::shared_ptr<arrow::DataType>& type,
                                           const FoldInput& input,
                                           const Elements& elements,
                                           const ElementKeys& keys,
                                           const Function& function) {
  TableRule<Function> rule(input, elements, keys, function);
  ARROW_RETURN_NOT_OK(FoldKeys(input, &rule));
  return rule.sink().Finish(context, type, elements.values());
}

}  // namespace

Status NullInKey(const FoldInput& input) {
  return InvalidInput(
      1653, "Nested key contains null values. Primary key fields must not be null:",
      V("column", input.spec.fields[input.column].name));
}

Result<ElementKeys> KeysOfFields(const base::Context& context, const Elements& elements,
                                 const types::DataType& row,
                                 const std::vector<int>& fields) {
  std::vector<RunSlices> columns;
  std::vector<types::DataType> types;
  for (size_t i = 0; i < (fields.empty() ? row.fields().size() : fields.size()); ++i) {
    const int field = fields.empty() ? static_cast<int>(i) : fields[i];
    columns.push_back(elements.Field(field));
    types.push_back(row.fields()[field].type);
  }
  return fields.empty() ? ElementKeys::OfFields(context.pool, columns, types)
                        : ElementKeys::OfRows(context.pool, columns, types);
}

Result<std::shared_ptr<arrow::Array>> FoldTables(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input) {
  const Aggregate& aggregate = input.aggregate();
  const types::DataType& column = input.spec.fields[input.column].type;
  const Elements elements(input);
  switch (aggregate.function) {
    case AggregateFunction::kCollect: {
      ARROW_ASSIGN_OR_RAISE(
          const auto keys,
          ElementKeys::OfValues(context.pool, elements.values(), column.element()));
      return Fold(context, type, input, elements, keys, DistinctValues(keys));
    }
    case AggregateFunction::kNestedUpdate: {
      ARROW_ASSIGN_OR_RAISE(
          const auto keys,
          KeysOfFields(context, elements, column.element(), aggregate.nested_key));
      ARROW_ASSIGN_OR_RAISE(const auto function,
                            NestedRowsByKey::Make(input, elements, keys));
      return Fold(context, type, input, elements, keys, function);
    }
    default:
      break;
  }
  ARROW_ASSIGN_OR_RAISE(
      const auto keys,
      ElementKeys::OfValues(context.pool, elements.Field(0), column.key()));
  if (aggregate.function == AggregateFunction::kMergeMap) {
    return Fold(context, type, input, elements, keys, MergeMap(keys));
  }
  return Fold(context, type, input, elements, keys, MergeMapWithKeyTime(input, elements));
}

}  // namespace tarn::merge::internal
