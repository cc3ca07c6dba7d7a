// SPDX-License-Identifier: Apache-2.0
// nested_partial_update: nested rows of one key become one row, field by field.
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>

#include "tarn/merge/elements.h"
#include "tarn/merge/fold_collections.h"
#include "tarn/merge/fold_loop.h"

namespace tarn::merge::internal {
namespace {

/// A nested row: one that was read, or one that was merged.
struct NestedRow {
  ElementRef key;       ///< a row that has its key; the row itself where it was read
  int32_t merged = -1;  ///< index of a merged row
};

/// Paimon `FieldNestedPartialUpdateAgg`.
class PartialRows {
 public:
  PartialRows(const FoldInput& input, const Elements& elements, const ElementKeys& keys,
              int fields)
      : input_(input),
        cells_(input),
        elements_(elements),
        keys_(keys),
        table_(keys),
        sink_(input),
        out_(fields) {
    for (int field = 0; field < fields; ++field) {
      columns_.push_back(elements.Field(field));
    }
  }

  void Start() { acc_.reset(); }
  Status Set(int32_t entry) {
    acc_ = Cell(entry);
    return Status::OK();
  }
  Status Add(int32_t entry) { return AddRows(Cell(entry)); }
  Status AddReversed(int32_t entry) { return AddRows(std::exchange(acc_, Cell(entry))); }
  Status Retract(int32_t) {
    return InternalError(651, "nested_partial_update takes nothing back");
  }
  Status Finish() {
    if (!acc_) {
      sink_.AppendNull();
    } else {
      for (const NestedRow& row : *acc_) Emit(row);
      sink_.AppendCount(static_cast<int64_t>(acc_->size()));
    }
    merged_.clear();
    return Status::OK();
  }

  Result<std::shared_ptr<arrow::Array>> Build(
      const base::Context& context, const std::shared_ptr<arrow::DataType>& type) {
    const auto& row_type = static_cast<const arrow::ListType&>(*type).value_type();
    const auto rows = static_cast<int64_t>(present_.size());
    const size_t runs = elements_.values().arrays.size();
    arrow::ArrayVector fields;
    for (size_t f = 0; f < columns_.size(); ++f) {
      ARROW_ASSIGN_OR_RAISE(fields.emplace_back(),
                            Gather(context, row_type->field(static_cast<int>(f))->type(),
                                   columns_[f], SourcesOf(out_[f], runs)));
    }
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> validity,
                          arrow::AllocateEmptyBitmap(rows, context.pool));
    int64_t nulls = 0;
    for (int64_t i = 0; i < rows; ++i) {
      arrow::bit_util::SetBitTo(validity->mutable_data(), i, present_[i] != 0);
      nulls += present_[i] == 0;
    }
    auto made = std::make_shared<arrow::StructArray>(
        row_type, rows, fields, nulls == 0 ? nullptr : std::move(validity), nulls);
    return sink_.FinishWith(context, type, std::move(made));
  }

 private:
  using Rows = std::optional<std::vector<NestedRow>>;

  Rows Cell(int32_t entry) const {
    if (!cells_.IsValid(entry)) return std::nullopt;
    Rows out(std::in_place);
    const Elements::Range range = elements_.Of(entry);
    for (int32_t at = range.begin; at < range.end; ++at) {
      out->push_back({{range.run, at}, -1});
    }
    return out;
  }

  /// Java makes a new table of the rows so far and those that come.
  Status AddRows(Rows in) {
    if (!in) return Status::OK();
    table_.Clear();
    std::vector<ElementRef> merged;
    const Rows acc = std::exchange(acc_, std::nullopt);
    for (const Rows* rows : {&acc, static_cast<const Rows*>(&in)}) {
      if (!*rows) continue;
      for (const NestedRow& row : **rows) ARROW_RETURN_NOT_OK(Update(row, &merged));
    }
    merged_ = std::move(merged);
    acc_.emplace();
    table_.ForEach(
        [&](ElementRef key, ElementRef value) { acc_->push_back({key, value.at}); });
    return Status::OK();
  }

  Status Update(const NestedRow& row, std::vector<ElementRef>* merged) {
    if (row.merged < 0 && elements_.IsNull(row.key)) return Status::OK();
    if (keys_.AnyNull(row.key)) {
      const NullKeys strategy = input_.aggregate().null_keys;
      if (strategy == NullKeys::kError) return NullInKey(input_);
      if (strategy == NullKeys::kIgnore) return Status::OK();
    }
    const size_t width = columns_.size();
    const auto next = static_cast<int32_t>(merged->size() / width);
    ARROW_ASSIGN_OR_RAISE(const ElementRef held,
                          table_.ComputeIfAbsent(row.key, ElementRef{0, next}));
    const auto target = static_cast<size_t>(held.at);
    if (held.at == next) merged->resize(merged->size() + width);
    for (size_t f = 0; f < width; ++f) {
      const ElementRef field = FieldOf(row, f);
      if (field.at >= 0) (*merged)[target * width + f] = field;
    }
    return Status::OK();
  }

  /// Where a field of the row lies, nowhere for NULL.
  ElementRef FieldOf(const NestedRow& row, size_t field) const {
    if (row.merged >= 0) return merged_[row.merged * columns_.size() + field];
    const bool null = columns_[field].arrays[row.key.run]->IsNull(row.key.at);
    return null ? ElementRef{} : row.key;
  }

  void Emit(const NestedRow& row) {
    const bool null = row.merged < 0 && elements_.IsNull(row.key);
    present_.push_back(!null);
    for (size_t f = 0; f < columns_.size(); ++f) {
      out_[f].push_back(null ? ElementRef{} : FieldOf(row, f));
    }
  }

  const FoldInput& input_;
  Cells cells_;
  const Elements& elements_;
  const ElementKeys& keys_;
  ElementTable table_;
  ListSink sink_;
  std::vector<RunSlices> columns_;
  Rows acc_;
  std::vector<ElementRef> merged_;            ///< merged rows of `acc_`, field by field
  std::vector<std::vector<ElementRef>> out_;  ///< per field: where each row has it from
  std::vector<uint8_t> present_;              ///< per row of the result
};

}  // namespace

Result<std::shared_ptr<arrow::Array>> FoldNestedRows(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input) {
  const types::DataType& row = input.spec.fields[input.column].type.element();
  const Elements elements(input);
  ARROW_ASSIGN_OR_RAISE(const auto keys, KeysOfFields(context, elements, row,
                                                      input.aggregate().nested_key));
  PartialRows rule(input, elements, keys, static_cast<int>(row.fields().size()));
  ARROW_RETURN_NOT_OK(FoldKeys(input, &rule));
  return rule.Build(context, type);
}

}  // namespace tarn::merge::internal
