// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/fold.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/data_type.h"

namespace tarn::merge::internal {

/// One element of a list or map cell: a row of the values of a run.
struct ElementRef {
  uint16_t run = 0;
  int32_t at = -1;  ///< -1 = no element
};

/// The elements of an ARRAY or MAP column over one order. Cells are ranges of them, so
/// that a result is a list of references that is gathered at the end.
class Elements {
 public:
  explicit Elements(const FoldInput& input);

  /// Elements [begin, end) of the cell of an entry, which is not NULL.
  struct Range {
    uint16_t run;
    int32_t begin;
    int32_t end;
  };
  Range Of(int32_t entry) const {
    const uint16_t run = order_.run[entry];
    const int32_t* offset = offsets_[run] + order_.row[entry];
    return {run, offset[0] - base_[run], offset[1] - base_[run]};
  }
  /// Values of each run: type[elements of its cells], entries of maps as key and value.
  const RunSlices& values() const { return values_; }
  bool IsNull(ElementRef element) const {
    return values_.arrays[element.run]->IsNull(element.at);
  }
  /// Field `index` of elements that are rows, or key (0) and value (1) of map entries.
  /// What is NULL with its whole row is not told apart.
  RunSlices Field(int index) const;

 private:
  const MergeOrder& order_;
  std::vector<const int32_t*> offsets_;  ///< per run, at row 0 of the order
  std::vector<int32_t> base_;            ///< per run: offset of its first element
  RunSlices values_;
};

/// What makes two elements one, and where a hash table of Java puts them.
class ElementKeys {
 public:
  /// Rows of the fields as Java's `BinaryRow`: equal where their bytes are.
  /// Errors: those of binary rows.
  static Result<ElementKeys> OfRows(arrow::MemoryPool* pool,
                                    const std::vector<RunSlices>& fields,
                                    const std::vector<types::DataType>& types);
  /// Values as their boxed objects compare and hash: numbers by value with one NaN, text
  /// by its bytes. Types whose objects have an identity are told apart by their value;
  /// callers refuse them. Errors: as above; kUnsupported for maps within `type`.
  static Result<ElementKeys> OfValues(arrow::MemoryPool* pool, const RunSlices& values,
                                      const types::DataType& type);
  /// Rows of all the fields, compared field by field (Paimon `RecordEqualiser`), without
  /// hashes. Errors: as above.
  static Result<ElementKeys> OfFields(arrow::MemoryPool* pool,
                                      const std::vector<RunSlices>& fields,
                                      const std::vector<types::DataType>& types);

  bool Equal(ElementRef a, ElementRef b) const { return bytes(a) == bytes(b); }
  /// Equal where elements are.
  std::string_view bytes(ElementRef element) const {
    return rows_[element.run].Row(element.at);
  }
  int32_t hash(ElementRef element) const { return hashes_[element.run][element.at]; }
  /// A field of the row is NULL.
  bool AnyNull(ElementRef element) const {
    return !any_null_[element.run].empty() && any_null_[element.run][element.at] != 0;
  }

 private:
  static Result<ElementKeys> Encode(arrow::MemoryPool* pool,
                                    const std::vector<RunSlices>& fields,
                                    const std::vector<types::DataType>& types);

  std::vector<types::BinaryRows> rows_;         ///< per run
  std::vector<std::vector<int32_t>> hashes_;    ///< per run, per element
  std::vector<std::vector<uint8_t>> any_null_;  ///< per run, per element; empty = none
};

/// Elements by key in the order in which `java.util.HashMap` holds them: by bucket, and
/// within a bucket as they came. Its order is what Java stores, so it is part of the
/// answer. Refuses what makes Java turn a bucket into a tree.
class ElementTable {
 public:
  explicit ElementTable(const ElementKeys& keys) : keys_(keys) { Clear(); }

  void Clear();
  int32_t size() const { return size_; }
  /// The value of the key, nullptr where there is none. Valid until the next change.
  ElementRef* Find(ElementRef key);
  /// Put a value, over that of an equal key. Errors: kUnsupported, see above.
  Status Put(ElementRef key, ElementRef value);
  /// The value of the key; where there is none, `value` is put (`computeIfAbsent`, which
  /// puts it in front of its bucket and grows a call later). Errors: as above.
  Result<ElementRef> ComputeIfAbsent(ElementRef key, ElementRef value);
  void Remove(ElementRef key);
  /// Call `visit(key, value)` in Java's order.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (int32_t head : heads_) {
      for (int32_t at = head; at >= 0; at = nodes_[at].next) {
        visit(nodes_[at].key, nodes_[at].value);
      }
    }
  }
  /// Filling a new table in this one's order would give this order again: nothing was
  /// removed and no full bucket made it grow.
  bool is_settled() const { return settled_; }

 private:
  struct Node {
    uint32_t hash;
    int32_t next;
    ElementRef key;
    ElementRef value;
  };
  uint32_t Hash(ElementRef key) const;
  int32_t* HeadOf(uint32_t hash) { return &heads_[hash & (heads_.size() - 1)]; }
  void Grow();

  const ElementKeys& keys_;
  std::vector<int32_t> heads_;  ///< a power of two
  std::vector<Node> nodes_;
  int32_t size_ = 0;
  bool settled_ = true;
};

/// Lists under construction, one per key: what they hold is gathered at the end.
class ListSink {
 public:
  explicit ListSink(const FoldInput& input);
  void AppendNull();
  void Append(const std::vector<ElementRef>& elements);
  /// One array of lists or maps of `type`, elements from `values`.
  /// Errors: kResource for more elements than an array may have.
  Result<std::shared_ptr<arrow::Array>> Finish(
      const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
      const RunSlices& values);
  /// The same around elements that are made already.
  Result<std::shared_ptr<arrow::Array>> FinishWith(
      const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
      std::shared_ptr<arrow::Array> elements);
  /// Lists of `count` elements that are made elsewhere.
  void AppendCount(int64_t count);

 private:
  const FoldInput& input_;
  Sources sources_;
  std::vector<int64_t> ends_;
  std::vector<uint8_t> valid_;
};

/// Sources of single elements; those without a reference are NULL.
Sources SourcesOf(const std::vector<ElementRef>& elements, size_t runs);

}  // namespace tarn::merge::internal
