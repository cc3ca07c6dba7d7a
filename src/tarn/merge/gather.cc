// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/gather.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/exec.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

namespace tarn::merge {
namespace {

using arrow::Array;
using arrow::Buffer;

/// Raw pointers of one column's slices, moved so that a row of the order indexes them.
template <typename T>
std::vector<const T*> Pointers(const RunSlices& slices) {
  std::vector<const T*> pointers(slices.arrays.size() + 1, nullptr);
  for (size_t run = 0; run < slices.arrays.size(); ++run) {
    if (slices.arrays[run] == nullptr) continue;
    pointers[run] = slices.arrays[run]->data()->GetValues<T>(1) - slices.first[run];
  }
  return pointers;
}

/// Validity bitmap, or nullptr when every cell is set; `null_count` is answered.
Result<std::shared_ptr<Buffer>> GatherValidity(arrow::MemoryPool* pool,
                                               const RunSlices& slices,
                                               const Sources& sources,
                                               int64_t* null_count) {
  *null_count = 0;
  const size_t runs = slices.arrays.size();
  std::vector<const uint8_t*> bits(runs + 1, nullptr);
  std::vector<int64_t> offset(runs + 1, 0);
  bool any = sources.has_nulls;
  for (size_t run = 0; run < runs; ++run) {
    const auto& array = slices.arrays[run];
    if (array == nullptr || array->null_count() == 0) continue;
    any = true;
    bits[run] = array->null_bitmap_data();
    offset[run] = array->offset() - slices.first[run];
  }
  if (!any) return nullptr;
  const int64_t rows = sources.rows();
  ARROW_ASSIGN_OR_RAISE(auto bitmap, arrow::AllocateEmptyBitmap(rows, pool));
  uint8_t* out = bitmap->mutable_data();
  int64_t nulls = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const uint16_t run = sources.run[i];
    bool valid = run < runs;
    if (bits[run] != nullptr) {
      valid = arrow::bit_util::GetBit(bits[run], offset[run] + sources.row[i]);
    }
    out[i >> 3] |= static_cast<uint8_t>(valid) << (i & 7);
    nulls += !valid;
  }
  *null_count = nulls;
  if (nulls == 0) return nullptr;
  return bitmap;
}

template <typename T>
Result<std::shared_ptr<Array>> GatherFixed(arrow::MemoryPool* pool,
                                           const std::shared_ptr<arrow::DataType>& type,
                                           const RunSlices& slices,
                                           const Sources& sources) {
  int64_t null_count = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity,
                        GatherValidity(pool, slices, sources, &null_count));
  const int64_t rows = sources.rows();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> values,
                        arrow::AllocateBuffer(rows * sizeof(T), pool));
  T* out = reinterpret_cast<T*>(values->mutable_data());
  const auto pointers = Pointers<T>(slices);
  const uint16_t* run = sources.run.data();
  const int32_t* row = sources.row.data();
  if (!sources.has_nulls) {
    for (int64_t i = 0; i < rows; ++i) out[i] = pointers[run[i]][row[i]];
  } else {
    const auto no_run = static_cast<uint16_t>(slices.arrays.size());
    for (int64_t i = 0; i < rows; ++i) {
      out[i] = run[i] == no_run ? T{} : pointers[run[i]][row[i]];
    }
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {std::move(validity), std::move(values)}, null_count));
}

Result<std::shared_ptr<Array>> GatherBool(arrow::MemoryPool* pool,
                                          const std::shared_ptr<arrow::DataType>& type,
                                          const RunSlices& slices,
                                          const Sources& sources) {
  int64_t null_count = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity,
                        GatherValidity(pool, slices, sources, &null_count));
  const int64_t rows = sources.rows();
  ARROW_ASSIGN_OR_RAISE(auto values, arrow::AllocateEmptyBitmap(rows, pool));
  uint8_t* out = values->mutable_data();
  const size_t runs = slices.arrays.size();
  std::vector<const uint8_t*> bits(runs, nullptr);
  std::vector<int64_t> offset(runs, 0);
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    bits[run] = slices.arrays[run]->data()->buffers[1]->data();
    offset[run] = slices.arrays[run]->offset() - slices.first[run];
  }
  for (int64_t i = 0; i < rows; ++i) {
    const uint16_t run = sources.run[i];
    if (run == runs) continue;
    const bool value = arrow::bit_util::GetBit(bits[run], offset[run] + sources.row[i]);
    out[i >> 3] |= static_cast<uint8_t>(value) << (i & 7);
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {std::move(validity), std::move(values)}, null_count));
}

/// Copy of a value, short ones by two words that overlap instead of a call.
inline void CopyValue(uint8_t* to, const uint8_t* from, int64_t bytes) {
  if (bytes > 16) {
    std::memcpy(to, from, bytes);
  } else if (bytes >= 8) {
    uint64_t head, tail;
    std::memcpy(&head, from, 8);
    std::memcpy(&tail, from + bytes - 8, 8);
    std::memcpy(to, &head, 8);
    std::memcpy(to + bytes - 8, &tail, 8);
  } else if (bytes >= 4) {
    uint32_t head, tail;
    std::memcpy(&head, from, 4);
    std::memcpy(&tail, from + bytes - 4, 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + bytes - 4, &tail, 4);
  } else {
    for (int64_t i = 0; i < bytes; ++i) to[i] = from[i];
  }
}

Result<std::shared_ptr<Array>> GatherBinary(arrow::MemoryPool* pool,
                                            const std::shared_ptr<arrow::DataType>& type,
                                            const RunSlices& slices,
                                            const Sources& sources) {
  int64_t null_count = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity,
                        GatherValidity(pool, slices, sources, &null_count));
  const int64_t rows = sources.rows();
  const size_t runs = slices.arrays.size();
  const auto offsets = Pointers<int32_t>(slices);
  std::vector<const uint8_t*> data(runs + 1, nullptr);
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    const auto& buffer = slices.arrays[run]->data()->buffers[2];
    data[run] = buffer == nullptr ? nullptr : buffer->data();
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> out_offsets,
                        arrow::AllocateBuffer((rows + 1) * sizeof(int32_t), pool));
  auto* ends = reinterpret_cast<int32_t*>(out_offsets->mutable_data());
  int64_t bytes = 0;
  ends[0] = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const uint16_t run = sources.run[i];
    if (run < runs) {
      const int32_t* at = offsets[run] + sources.row[i];
      bytes += at[1] - at[0];
    }
    ends[i + 1] = static_cast<int32_t>(bytes);
  }
  if (bytes > std::numeric_limits<int32_t>::max()) {
    return ResourceExhausted(9203, "Text or bytes of one merged batch exceed 2 GiB:",
                             V("bytes", bytes), V("rows", rows));
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> values,
                        arrow::AllocateBuffer(bytes, pool));
  uint8_t* out = values->mutable_data();
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t length = ends[i + 1] - ends[i];
    if (length == 0) continue;
    const uint16_t run = sources.run[i];
    CopyValue(out + ends[i], data[run] + offsets[run][sources.row[i]], length);
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {std::move(validity), std::move(out_offsets), std::move(values)},
      null_count));
}

/// Nested types: one concatenated array and Arrow's `Take`.
Result<std::shared_ptr<Array>> GatherNested(arrow::MemoryPool* pool,
                                            const std::shared_ptr<arrow::DataType>& type,
                                            const RunSlices& slices,
                                            const Sources& sources) {
  const size_t runs = slices.arrays.size();
  arrow::ArrayVector parts;
  std::vector<int64_t> base(runs, 0);
  int64_t total = 0;
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    base[run] = total - slices.first[run];
    total += slices.arrays[run]->length();
    parts.push_back(slices.arrays[run]);
  }
  const int64_t rows = sources.rows();
  if (parts.empty()) return arrow::MakeArrayOfNull(type, rows, pool);
  ARROW_ASSIGN_OR_RAISE(auto values, arrow::Concatenate(parts, pool));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> indices,
                        arrow::AllocateBuffer(rows * sizeof(int64_t), pool));
  ARROW_ASSIGN_OR_RAISE(auto validity, arrow::AllocateEmptyBitmap(rows, pool));
  auto* index = reinterpret_cast<int64_t*>(indices->mutable_data());
  int64_t nulls = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const uint16_t run = sources.run[i];
    const bool valid = run < runs;
    index[i] = valid ? base[run] + sources.row[i] : 0;
    arrow::bit_util::SetBitTo(validity->mutable_data(), i, valid);
    nulls += !valid;
  }
  auto index_array = arrow::MakeArray(arrow::ArrayData::Make(
      arrow::int64(), rows, {std::move(validity), std::move(indices)}, nulls));
  arrow::compute::ExecContext exec(pool);
  exec.set_use_threads(false);
  ARROW_ASSIGN_OR_RAISE(
      arrow::Datum taken,
      arrow::compute::Take(arrow::Datum(values), arrow::Datum(index_array),
                           arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
  return taken.make_array();
}

}  // namespace

void Sources::TrimRanges() {
  const size_t runs = ranges.begin.size();
  ranges = RowRanges::None(runs);
  for (size_t i = 0; i < run.size(); ++i) {
    if (run[i] == runs) continue;
    int64_t& begin = ranges.begin[run[i]];
    int64_t& end = ranges.end[run[i]];
    begin = end == 0 ? row[i] : std::min<int64_t>(begin, row[i]);
    end = std::max<int64_t>(end, row[i] + 1);
  }
}

Sources Sources::Make(const MergeOrder& order, const Selection& selection) {
  Sources sources;
  const size_t runs = order.consumed.size();
  const auto rows = static_cast<int64_t>(selection.size());
  sources.run.resize(rows);
  sources.row.resize(rows);
  std::vector<uint8_t> used(runs + 1, 0);
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t entry = selection[i];
    const bool is_null = entry < 0;
    const uint16_t run = is_null ? static_cast<uint16_t>(runs) : order.run[entry];
    sources.run[i] = run;
    sources.row[i] = is_null ? 0 : order.row[entry];
    used[run] = 1;
  }
  sources.has_nulls = used[runs] != 0;
  sources.ranges = RowRanges::None(runs);
  int64_t taking_part = sources.has_nulls ? 2 : 0;
  for (size_t run = 0; run < runs; ++run) {
    if (!used[run]) continue;
    sources.ranges.end[run] = order.consumed[run];
    ++taking_part;
  }
  // Few rows of many: what lies before and behind them need not be decoded.
  if (rows * 8 < order.rows()) sources.TrimRanges();
  if (taking_part != 1) return sources;
  sources.is_slice = true;
  for (int64_t i = 1; i < rows && sources.is_slice; ++i) {
    sources.is_slice = sources.row[i] == sources.row[i - 1] + 1;
  }
  if (sources.is_slice) {
    sources.ranges.begin[sources.run[0]] = sources.row[0];
    sources.ranges.end[sources.run[0]] = sources.row[0] + rows;
  }
  return sources;
}

Result<std::shared_ptr<Array>> Gather(const base::Context& context,
                                      const std::shared_ptr<arrow::DataType>& type,
                                      const RunSlices& slices, const Sources& sources) {
  for (const auto& array : slices.arrays) {
    TARN_CHECK(array == nullptr || array->type_id() == type->id(),
               V("expected", type->ToString()), V("found", array->type()->ToString()));
  }
  if (sources.is_slice) {
    const uint16_t run = sources.run[0];
    return slices.arrays[run]->Slice(sources.row[0] - slices.first[run], sources.rows());
  }
  switch (type->id()) {
    case arrow::Type::BOOL:
      return GatherBool(context.pool, type, slices, sources);
    case arrow::Type::INT8:
      return GatherFixed<uint8_t>(context.pool, type, slices, sources);
    case arrow::Type::INT16:
      return GatherFixed<uint16_t>(context.pool, type, slices, sources);
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
    case arrow::Type::TIME32:
    case arrow::Type::FLOAT:
      return GatherFixed<uint32_t>(context.pool, type, slices, sources);
    case arrow::Type::INT64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DOUBLE:
      return GatherFixed<uint64_t>(context.pool, type, slices, sources);
    case arrow::Type::DECIMAL128:
      return GatherFixed<std::array<uint64_t, 2>>(context.pool, type, slices, sources);
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return GatherBinary(context.pool, type, slices, sources);
    default:
      return GatherNested(context.pool, type, slices, sources);
  }
}

}  // namespace tarn::merge
