// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tarn/merge/elements.h"

namespace tarn::merge::internal {

/// A list or map under construction: NULL, or elements.
struct ElementList {
  bool valid = false;
  std::vector<ElementRef> items;

  void Clear() {
    valid = false;
    items.clear();
  }
  static ElementList OfCell(const Cells& cells, const Elements& elements, int32_t entry);
};

/// Some record is to be taken back.
bool TakesBack(const FoldInput& input);

/// Take each of `removed` from the list once, where it is found.
void RemoveOnce(const ElementKeys& keys, std::vector<ElementRef>* list,
                std::vector<ElementRef> removed);

/// Keys of elements that are rows of type `row`, by some of their fields (`OfRows`), or
/// by all of them compared one by one (`OfFields`) where `fields` is empty.
Result<ElementKeys> KeysOfFields(const base::Context& context, const Elements& elements,
                                 const types::DataType& row,
                                 const std::vector<int>& fields);

/// kInvalidInput: a nested key holds NULL and the column says that it may not.
Status NullInKey(const FoldInput& input);

/// collect, nested_update without a key.
Result<std::shared_ptr<arrow::Array>> FoldLists(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input);

/// collect of distinct values, merge_map, merge_map_with_keytime, nested_update by key:
/// Java holds their elements in a hash table.
Result<std::shared_ptr<arrow::Array>> FoldTables(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input);

/// nested_partial_update.
Result<std::shared_ptr<arrow::Array>> FoldNestedRows(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input);

/// rbm32, rbm64, hll_sketch, theta_sketch.
Result<std::shared_ptr<arrow::Array>> FoldUnions(const base::Context& context,
                                                 const FoldInput& input);

}  // namespace tarn::merge::internal
