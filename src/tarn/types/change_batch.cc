// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/change_batch.h"

#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/util/bit_util.h>

namespace tarn::types {
namespace {

/// Bits [offset, offset + length) as a bitmap that starts at bit 0. A whole number of
/// bytes is sliced; otherwise the bits are moved into a new buffer.
std::shared_ptr<arrow::Buffer> SliceBits(const std::shared_ptr<arrow::Buffer>& bits,
                                         int64_t offset, int64_t length) {
  if (bits == nullptr) return nullptr;
  if (offset % 8 == 0) {
    return arrow::SliceBuffer(bits, offset / 8, arrow::bit_util::BytesForBits(length));
  }
  std::string moved(static_cast<size_t>(arrow::bit_util::BytesForBits(length)), '\0');
  auto* to = reinterpret_cast<uint8_t*>(moved.data());
  for (int64_t i = 0; i < length; ++i) {
    arrow::bit_util::SetBitTo(to, i, arrow::bit_util::GetBit(bits->data(), offset + i));
  }
  return arrow::Buffer::FromString(std::move(moved));
}

}  // namespace

const uint8_t* ChangeBatch::kinds_data() const {
  return kinds == nullptr ? nullptr : kinds->data();
}

int64_t ChangeBatch::num_rows() const {
  return rows == nullptr ? 0 : rows->num_rows();
}

ChangeBatch ChangeBatch::Slice(int64_t offset, int64_t length) const {
  ChangeBatch out;
  out.rows = rows->Slice(offset, length);
  if (kinds != nullptr) out.kinds = arrow::SliceBuffer(kinds, offset, length);
  out.absent.reserve(absent.size());
  for (const auto& bits : absent) out.absent.push_back(SliceBits(bits, offset, length));
  return out;
}

}  // namespace tarn::types
