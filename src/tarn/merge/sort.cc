// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/sort.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/record_batch.h>

#include "tarn/merge/key_codes.h"

namespace tarn::merge {
namespace {

/// A key code beside its row: what the sort moves.
struct CodedRow {
  uint64_t code;
  int32_t row;
};

/// LSD radix sort by code, stable; bytes that are the same in all codes are passed over.
void RadixSort(std::vector<CodedRow>* rows) {
  const size_t count = rows->size();
  std::array<std::array<uint32_t, 256>, 8> counts{};
  for (const CodedRow& row : *rows) {
    for (int byte = 0; byte < 8; ++byte) ++counts[byte][(row.code >> (8 * byte)) & 0xff];
  }
  std::vector<CodedRow> other(count);
  for (int byte = 0; byte < 8; ++byte) {
    auto& histogram = counts[byte];
    const size_t first = ((*rows)[0].code >> (8 * byte)) & 0xff;
    if (histogram[first] == count) continue;
    uint32_t at = 0;
    for (uint32_t& bin : histogram) at += std::exchange(bin, at);
    for (const CodedRow& row : *rows)
      other[histogram[(row.code >> (8 * byte)) & 0xff]++] = row;
    rows->swap(other);
  }
}

/// Puts rows whose keys tie in order; called per stretch of equal keys.
template <typename Less>
void SortTies(std::vector<CodedRow>* rows, const RowKeys& keys, Less less) {
  size_t begin = 0;
  while (begin < rows->size()) {
    size_t end = begin + 1;
    const uint64_t code = (*rows)[begin].code;
    while (end < rows->size() && (*rows)[end].code == code) ++end;
    const auto from = rows->begin() + begin, to = rows->begin() + end;
    auto before = [&](const CodedRow& a, const CodedRow& b) {
      if (!keys.exact) {
        const int compared = keys.views[a.row].compare(keys.views[b.row]);
        if (compared != 0) return compared < 0;
      }
      return less(a.row, b.row);
    };
    if (end - begin > 1 && !std::is_sorted(from, to, before)) {
      std::stable_sort(from, to, before);
    }
    begin = end;
  }
}

/// Codes that say more: those of the bytes behind what all keys share.
void StripSharedPrefix(RowKeys* keys) {
  const auto [low, high] = std::minmax_element(keys->views.begin(), keys->views.end());
  const auto shared = static_cast<size_t>(
      std::mismatch(low->begin(), low->end(), high->begin(), high->end()).first -
      low->begin());
  if (shared == 0) return;
  for (size_t i = 0; i < keys->views.size(); ++i) {
    keys->codes[i] = CodeOfBytes(keys->views[i].substr(shared));
  }
}

}  // namespace

Result<std::shared_ptr<arrow::Buffer>> SortPermutation(const base::Context& context,
                                                       const MergeSpec& spec,
                                                       const arrow::RecordBatch& rows,
                                                       const int64_t* sequences) {
  const int64_t count = rows.num_rows();
  if (count > std::numeric_limits<int32_t>::max()) {
    return InvalidInput(1226, "Too many rows for one sort:", V("rows", count));
  }
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (int column : spec.key_columns) columns.push_back(rows.column(column));
  ARROW_ASSIGN_OR_RAISE(RowKeys keys, EncodeKeys(columns, {}));
  RowKeys user;
  if (!spec.sequence_columns.empty()) {
    columns.clear();
    for (int column : spec.sequence_columns) columns.push_back(rows.column(column));
    ARROW_ASSIGN_OR_RAISE(
        user,
        EncodeKeys(columns, {.nullable = true, .descending = spec.sequence_descending}));
  }
  if (!keys.exact && count > 0) StripSharedPrefix(&keys);

  std::vector<CodedRow> order(count);
  for (int64_t i = 0; i < count; ++i) order[i] = {keys.codes[i], static_cast<int32_t>(i)};
  const bool sorted = std::is_sorted(
      order.begin(), order.end(),
      [](const CodedRow& a, const CodedRow& b) { return a.code < b.code; });
  if (!sorted) RadixSort(&order);
  const bool has_user = !spec.sequence_columns.empty();
  if (!keys.exact || has_user || sequences != nullptr) {
    SortTies(&order, keys, [&](int32_t a, int32_t b) {
      if (has_user) {
        if (user.codes[a] != user.codes[b]) return user.codes[a] < user.codes[b];
        if (!user.exact) {
          const int compared = user.views[a].compare(user.views[b]);
          if (compared != 0) return compared < 0;
        }
      }
      return sequences != nullptr ? sequences[a] < sequences[b] : a < b;
    });
  }
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                        arrow::AllocateBuffer(count * sizeof(int32_t), context.pool));
  auto* out = reinterpret_cast<int32_t*>(buffer->mutable_data());
  for (int64_t i = 0; i < count; ++i) out[i] = order[i].row;
  return buffer;
}

}  // namespace tarn::merge
