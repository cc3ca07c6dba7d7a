// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/elements.h"

#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

namespace tarn::merge::internal {

Elements::Elements(const FoldInput& input) : order_(input.order) {
  const size_t runs = input.slices.arrays.size();
  offsets_.resize(runs, nullptr);
  base_.resize(runs, 0);
  values_.arrays.resize(runs);
  values_.first.assign(runs, 0);
  for (size_t run = 0; run < runs; ++run) {
    if (input.slices.arrays[run] == nullptr) continue;
    const auto& list = static_cast<const arrow::ListArray&>(*input.slices.arrays[run]);
    offsets_[run] = list.raw_value_offsets() - input.slices.first[run];
    base_[run] = list.value_offset(0);
    values_.arrays[run] =
        list.values()->Slice(base_[run], list.value_offset(list.length()) - base_[run]);
  }
}

RunSlices Elements::Field(int index) const {
  RunSlices out;
  out.first = values_.first;
  for (const auto& array : values_.arrays) {
    out.arrays.push_back(
        array == nullptr ? nullptr
                         : static_cast<const arrow::StructArray&>(*array).field(index));
  }
  return out;
}

uint32_t ElementTable::Hash(ElementRef key) const {
  const auto hash = static_cast<uint32_t>(keys_.hash(key));
  return hash ^ (hash >> 16);
}

void ElementTable::Clear() {
  heads_.assign(16, -1);
  nodes_.clear();
  size_ = 0;
  settled_ = true;
}

ElementRef* ElementTable::Find(ElementRef key) {
  const uint32_t hash = Hash(key);
  for (int32_t at = *HeadOf(hash); at >= 0; at = nodes_[at].next) {
    if (nodes_[at].hash == hash && keys_.Equal(nodes_[at].key, key)) {
      return &nodes_[at].value;
    }
  }
  return nullptr;
}

Status ElementTable::Put(ElementRef key, ElementRef value) {
  // Java turns a bucket of nine into a tree, where the table has 64 buckets; a smaller
  // table grows instead.
  constexpr int kTreeAt = 9;
  constexpr size_t kLeastForTrees = 64;
  const uint32_t hash = Hash(key);
  int in_bucket = 1;
  int32_t last = -1;
  for (int32_t at = *HeadOf(hash); at >= 0; at = nodes_[at].next, ++in_bucket) {
    if (nodes_[at].hash == hash && keys_.Equal(nodes_[at].key, key)) {
      nodes_[at].value = value;
      return Status::OK();
    }
    last = at;
  }
  const auto made = static_cast<int32_t>(nodes_.size());
  nodes_.push_back({hash, -1, key, value});
  (last < 0 ? *HeadOf(hash) : nodes_[last].next) = made;
  if (in_bucket >= kTreeAt) {
    if (heads_.size() >= kLeastForTrees) {
      return Unsupported(6652,
                         "The order of so many values that collide in a hash table is "
                         "not known:",
                         V("values", size_ + 1));
    }
    settled_ = false;
    Grow();
  }
  if (static_cast<size_t>(++size_) > heads_.size() / 4 * 3) Grow();
  return Status::OK();
}

Result<ElementRef> ElementTable::ComputeIfAbsent(ElementRef key, ElementRef value) {
  constexpr int kTreeAt = 8;
  constexpr size_t kLeastForTrees = 64;
  if (static_cast<size_t>(size_) > heads_.size() / 4 * 3) Grow();
  if (const ElementRef* held = Find(key)) return *held;
  const uint32_t hash = Hash(key);
  int32_t* head = HeadOf(hash);
  int in_bucket = 1;
  for (int32_t at = *head; at >= 0; at = nodes_[at].next) ++in_bucket;
  nodes_.push_back({hash, *head, key, value});
  *head = static_cast<int32_t>(nodes_.size()) - 1;
  ++size_;
  settled_ = false;
  if (in_bucket < kTreeAt) return value;
  if (heads_.size() >= kLeastForTrees) {
    return Unsupported(6652,
                       "The order of so many values that collide in a hash table is not "
                       "known:",
                       V("values", size_));
  }
  Grow();
  return value;
}

void ElementTable::Remove(ElementRef key) {
  const uint32_t hash = Hash(key);
  int32_t* link = HeadOf(hash);
  while (*link >= 0) {
    Node& node = nodes_[*link];
    if (node.hash == hash && keys_.Equal(node.key, key)) {
      *link = node.next;
      --size_;
      settled_ = false;
      return;
    }
    link = &node.next;
  }
}

void ElementTable::Grow() {
  const std::vector<int32_t> old =
      std::exchange(heads_, std::vector<int32_t>(heads_.size() * 2, -1));
  std::vector<int32_t> tails(heads_.size(), -1);
  for (int32_t head : old) {
    for (int32_t at = head; at >= 0;) {
      const int32_t next = std::exchange(nodes_[at].next, -1);
      const size_t bucket = nodes_[at].hash & (heads_.size() - 1);
      (tails[bucket] < 0 ? heads_[bucket] : nodes_[tails[bucket]].next) = at;
      tails[bucket] = at;
      at = next;
    }
  }
}

Sources SourcesOf(const std::vector<ElementRef>& elements, size_t runs) {
  Sources out;
  out.run.reserve(elements.size());
  out.row.reserve(elements.size());
  for (const ElementRef& element : elements) {
    const bool none = element.at < 0;
    out.run.push_back(none ? static_cast<uint16_t>(runs) : element.run);
    out.row.push_back(none ? 0 : element.at);
    out.null_count += none;
  }
  if (out.null_count > 0) {
    std::vector<uint8_t> bits(arrow::bit_util::BytesForBits(out.rows()), 0);
    for (int64_t i = 0; i < out.rows(); ++i) {
      arrow::bit_util::SetBitTo(bits.data(), i, out.run[i] != runs);
    }
    out.validity = arrow::Buffer::FromVector(std::move(bits));
  }
  return out;
}

ListSink::ListSink(const FoldInput& input) : input_(input) {
  ends_.reserve(input.order.keys() + 1);
  ends_.push_back(0);
  valid_.reserve(input.order.keys());
}

void ListSink::AppendNull() {
  ends_.push_back(ends_.back());
  valid_.push_back(0);
}

void ListSink::AppendCount(int64_t count) {
  ends_.push_back(ends_.back() + count);
  valid_.push_back(1);
}

void ListSink::Append(const std::vector<ElementRef>& elements) {
  for (const ElementRef& element : elements) {
    sources_.run.push_back(element.run);
    sources_.row.push_back(element.at);
  }
  AppendCount(static_cast<int64_t>(elements.size()));
}

Result<std::shared_ptr<arrow::Array>> ListSink::Finish(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const RunSlices& values) {
  const auto& element = static_cast<const arrow::BaseListType&>(*type).value_type();
  ARROW_ASSIGN_OR_RAISE(auto elements, Gather(context, element, values, sources_));
  return FinishWith(context, type, std::move(elements));
}

Result<std::shared_ptr<arrow::Array>> ListSink::FinishWith(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    std::shared_ptr<arrow::Array> elements) {
  const auto rows = static_cast<int64_t>(valid_.size());
  if (ends_.back() > std::numeric_limits<int32_t>::max()) {
    return ResourceExhausted(9650,
                             "Elements of one merged batch exceed 2 thousand million:",
                             V("column", input_.spec.fields[input_.column].name));
  }
  ARROW_ASSIGN_OR_RAISE(
      std::shared_ptr<arrow::Buffer> offsets,
      arrow::AllocateBuffer((rows + 1) * sizeof(int32_t), context.pool));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> validity,
                        arrow::AllocateEmptyBitmap(rows, context.pool));
  auto* out = reinterpret_cast<int32_t*>(offsets->mutable_data());
  int64_t nulls = 0;
  for (int64_t i = 0; i <= rows; ++i) out[i] = static_cast<int32_t>(ends_[i]);
  for (int64_t i = 0; i < rows; ++i) {
    arrow::bit_util::SetBitTo(validity->mutable_data(), i, valid_[i] != 0);
    nulls += valid_[i] == 0;
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {nulls == 0 ? nullptr : std::move(validity), std::move(offsets)},
      {elements->data()}, nulls));
}

}  // namespace tarn::merge::internal
