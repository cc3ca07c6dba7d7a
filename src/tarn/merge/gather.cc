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
#include <arrow/util/bitmap_ops.h>

namespace tarn::merge {
namespace {

using arrow::Array;
using arrow::Buffer;

/// What a cell without a source points at: loops need not ask.
alignas(16) constexpr uint8_t kZeros[16] = {};
constexpr uint8_t kOnes[1] = {0xff};

/// Raw pointers of one column's slices, moved so that a row of the order indexes them.
/// Behind the runs stands what NULL points at, which must be readable at row 0.
template <typename T>
std::vector<const T*> Pointers(const RunSlices& slices) {
  std::vector<const T*> pointers(slices.arrays.size() + 1,
                                 reinterpret_cast<const T*>(kZeros));
  for (size_t run = 0; run < slices.arrays.size(); ++run) {
    if (slices.arrays[run] == nullptr) continue;
    pointers[run] = slices.arrays[run]->data()->GetValues<T>(1) - slices.first[run];
  }
  return pointers;
}

/// Bits of the slices by row of the order; one bit stands for all rows of a slice without
/// NULL, and for all cells without a source.
class ValidityBits {
 public:
  explicit ValidityBits(const RunSlices& slices)
      : bits_(slices.arrays.size() + 1, kOnes),
        offset_(slices.arrays.size() + 1, 0),
        mask_(slices.arrays.size() + 1, 0) {
    bits_.back() = kZeros;
    for (size_t run = 0; run < slices.arrays.size(); ++run) {
      const auto& array = slices.arrays[run];
      if (array == nullptr || array->null_count() == 0) continue;
      any_null_ = true;
      bits_[run] = array->null_bitmap_data();
      offset_[run] = array->offset() - slices.first[run];
      mask_[run] = -1;
    }
  }
  bool any_null() const { return any_null_; }
  uint8_t Get(uint16_t run, int32_t row) const {
    const int64_t at = (offset_[run] + row) & mask_[run];
    return (bits_[run][at >> 3] >> (at & 7)) & 1;
  }

 private:
  std::vector<const uint8_t*> bits_;
  std::vector<int64_t> offset_;
  std::vector<int64_t> mask_;
  bool any_null_ = false;
};

/// Set bits one after another, a byte at a time.
template <typename Bit>
void FillBits(int64_t rows, uint8_t* out, Bit bit) {
  for (int64_t i = 0; i < rows; i += 8) {
    const int64_t end = std::min<int64_t>(rows, i + 8);
    uint8_t byte = 0;
    for (int64_t j = i; j < end; ++j) byte |= static_cast<uint8_t>(bit(j) << (j - i));
    out[i >> 3] = byte;
  }
}

/// Validity bitmap, or nullptr when every cell is set; `null_count` is answered.
Result<std::shared_ptr<Buffer>> GatherValidity(arrow::MemoryPool* pool,
                                               const RunSlices& slices,
                                               const Sources& sources,
                                               int64_t* null_count) {
  *null_count = sources.null_count;
  const ValidityBits bits(slices);
  if (!bits.any_null()) return sources.validity;
  const int64_t rows = sources.rows();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> bitmap,
                        arrow::AllocateEmptyBitmap(rows, pool));
  const uint16_t* run = sources.run.data();
  const int32_t* row = sources.row.data();
  FillBits(rows, bitmap->mutable_data(),
           [&](int64_t i) { return bits.Get(run[i], row[i]); });
  *null_count = rows - arrow::internal::CountSetBits(bitmap->data(), 0, rows);
  if (*null_count == 0) return nullptr;
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
  for (int64_t i = 0; i < rows; ++i) out[i] = pointers[run[i]][row[i]];
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
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> values,
                        arrow::AllocateEmptyBitmap(rows, pool));
  const size_t runs = slices.arrays.size();
  std::vector<const uint8_t*> bits(runs + 1, kZeros);
  std::vector<int64_t> offset(runs + 1, 0);
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    bits[run] = slices.arrays[run]->data()->buffers[1]->data();
    offset[run] = slices.arrays[run]->offset() - slices.first[run];
  }
  FillBits(rows, values->mutable_data(), [&](int64_t i) {
    const uint16_t run = sources.run[i];
    const int64_t at = offset[run] + sources.row[i];
    return (bits[run][at >> 3] >> (at & 7)) & 1;
  });
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {std::move(validity), std::move(values)}, null_count));
}

/// Bytes of one column's slices.
struct SliceBytes {
  const uint8_t* data = kZeros;
  /// Up to here 16 bytes may be read at once.
  const uint8_t* wide_end = kZeros;
};

/// Rows whose bytes are looked for at a time.
constexpr int64_t kBinaryBlock = 1024;

/// Bytes that `rows` cells of the slices may take, if they are of average length.
int64_t BytesGuess(const RunSlices& slices, int64_t rows) {
  int64_t all_rows = 0, all_bytes = 0;
  for (const auto& array : slices.arrays) {
    if (array == nullptr || array->length() == 0) continue;
    const auto* offsets = array->data()->GetValues<int32_t>(1);
    all_rows += array->length();
    all_bytes += offsets[array->length()] - offsets[0];
  }
  if (all_rows == 0) return 16;
  return static_cast<int64_t>(static_cast<double>(all_bytes) * rows / all_rows) + 1024;
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
  std::vector<SliceBytes> bytes(runs + 1);
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    const auto& buffer = slices.arrays[run]->data()->buffers[2];
    if (buffer == nullptr) continue;
    const uint8_t* data = buffer->data();
    bytes[run] = {data, buffer->size() < 16 ? nullptr : data + buffer->size() - 16};
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<Buffer> out_offsets,
                        arrow::AllocateBuffer((rows + 1) * sizeof(int32_t), pool));
  auto* ends = reinterpret_cast<int32_t*>(out_offsets->mutable_data());
  ends[0] = 0;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> values,
                        arrow::AllocateResizableBuffer(BytesGuess(slices, rows), pool));
  std::array<const uint8_t*, kBinaryBlock> from;
  int64_t total = 0;
  for (int64_t begin = 0; begin < rows; begin += kBinaryBlock) {
    const int64_t end = std::min(rows, begin + kBinaryBlock);
    // Rows of a write buffer lie anywhere in memory: where they lie is asked for one
    // block ahead, their bytes before the first of them is copied.
    const int64_t ahead = std::min(rows, end + kBinaryBlock);
    for (int64_t i = end; i < ahead; ++i) {
      __builtin_prefetch(offsets[sources.run[i]] + sources.row[i]);
    }
    for (int64_t i = begin; i < end; ++i) {
      const uint16_t run = sources.run[i];
      const int32_t* at = offsets[run] + sources.row[i];
      const uint8_t* cell = bytes[run].data + at[0];
      from[static_cast<size_t>(i - begin)] = cell;
      __builtin_prefetch(cell);
      total += at[1] - at[0];
      ends[i + 1] = static_cast<int32_t>(total);
    }
    if (total > std::numeric_limits<int32_t>::max()) {
      return ResourceExhausted(9203, "Text or bytes of one merged batch exceed 2 GiB:",
                               V("bytes", total), V("rows", rows));
    }
    // Short values are copied 16 bytes at a time, over the place of those behind them.
    if (total + 16 > values->size()) {
      ARROW_RETURN_NOT_OK(values->Resize(std::max(total + 16, values->size() * 2)));
    }
    uint8_t* out = values->mutable_data();
    for (int64_t i = begin; i < end; ++i) {
      const uint8_t* cell = from[static_cast<size_t>(i - begin)];
      const int32_t length = ends[i + 1] - ends[i];
      if (length <= 16 && cell <= bytes[sources.run[i]].wide_end) {
        std::memcpy(out + ends[i], cell, 16);
      } else {
        std::memcpy(out + ends[i], cell, length);
      }
    }
  }
  ARROW_RETURN_NOT_OK(values->Resize(total, /*shrink_to_fit=*/false));
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, rows, {std::move(validity), std::move(out_offsets), std::move(values)},
      null_count));
}

Result<std::shared_ptr<Array>> TakeRows(arrow::MemoryPool* pool,
                                        const std::shared_ptr<Array>& values,
                                        const std::shared_ptr<Array>& rows) {
  arrow::compute::ExecContext exec(pool);
  exec.set_use_threads(false);
  ARROW_ASSIGN_OR_RAISE(
      arrow::Datum taken,
      arrow::compute::Take(arrow::Datum(values), arrow::Datum(rows),
                           arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
  return taken.make_array();
}

/// Only the rows that a source names, run by run in the order of the output; `position`
/// becomes where each then lies.
Result<std::shared_ptr<Array>> TakeNamed(arrow::MemoryPool* pool, const RunSlices& slices,
                                         const Sources& sources,
                                         std::vector<int64_t>* position) {
  const size_t runs = slices.arrays.size();
  std::vector<std::vector<int64_t>> wanted(runs);
  for (int64_t i = 0; i < sources.rows(); ++i) {
    const uint16_t run = sources.run[i];
    if (run == runs) continue;
    (*position)[i] = static_cast<int64_t>(wanted[run].size());
    wanted[run].push_back(sources.row[i] - slices.first[run]);
  }
  arrow::ArrayVector parts;
  std::vector<int64_t> base(runs + 1, 0);
  int64_t total = 0;
  for (size_t run = 0; run < runs; ++run) {
    base[run] = total;
    if (wanted[run].empty()) continue;
    total += static_cast<int64_t>(wanted[run].size());
    const arrow::Int64Array rows(static_cast<int64_t>(wanted[run].size()),
                                 Buffer::Wrap(wanted[run]));
    ARROW_ASSIGN_OR_RAISE(
        auto part, TakeRows(pool, slices.arrays[run], arrow::MakeArray(rows.data())));
    parts.push_back(std::move(part));
  }
  for (int64_t i = 0; i < sources.rows(); ++i) (*position)[i] += base[sources.run[i]];
  return arrow::Concatenate(parts, pool);
}

/// All rows of the slices in one array; `position` becomes where each source lies.
Result<std::shared_ptr<Array>> JoinSlices(arrow::MemoryPool* pool,
                                          const RunSlices& slices, const Sources& sources,
                                          std::vector<int64_t>* position) {
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
  for (int64_t i = 0; i < sources.rows(); ++i) {
    const uint16_t run = sources.run[i];
    if (run < runs) (*position)[i] = base[run] + sources.row[i];
  }
  return arrow::Concatenate(parts, pool);
}

/// Nested types: one array of what is needed, and Arrow's `Take`.
Result<std::shared_ptr<Array>> GatherNested(arrow::MemoryPool* pool,
                                            const std::shared_ptr<arrow::DataType>& type,
                                            const RunSlices& slices,
                                            const Sources& sources) {
  const int64_t rows = sources.rows();
  int64_t total = 0;
  for (const auto& array : slices.arrays) total += array == nullptr ? 0 : array->length();
  if (total == 0 || sources.null_count == rows) {
    return arrow::MakeArrayOfNull(type, rows, pool);
  }
  std::vector<int64_t> position(static_cast<size_t>(rows), 0);
  // Few rows of much: joining all of it would cost more than taking twice.
  ARROW_ASSIGN_OR_RAISE(auto values, total / 4 > rows
                                         ? TakeNamed(pool, slices, sources, &position)
                                         : JoinSlices(pool, slices, sources, &position));
  return TakeRows(pool, values,
                  arrow::MakeArray(arrow::ArrayData::Make(
                      arrow::int64(), rows,
                      {sources.validity, Buffer::FromVector(std::move(position))},
                      sources.null_count)));
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
  const auto no_run = static_cast<uint16_t>(runs);
  for (int64_t i = 0; i < rows; ++i) {
    const bool is_null = selection[i] < 0;
    const int32_t entry = is_null ? 0 : selection[i];
    const uint16_t run = is_null ? no_run : order.run[entry];
    sources.run[i] = run;
    sources.row[i] = is_null ? 0 : order.row[entry];
    used[run] = 1;
    sources.null_count += is_null;
  }
  if (sources.null_count > 0) {
    std::vector<uint8_t> bits(arrow::bit_util::BytesForBits(rows));
    FillBits(rows, bits.data(), [&](int64_t i) { return sources.run[i] != no_run; });
    sources.validity = Buffer::FromVector(std::move(bits));
  }
  sources.ranges = RowRanges::None(runs);
  int64_t taking_part = sources.null_count > 0 ? 2 : 0;
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
