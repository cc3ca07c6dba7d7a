// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/memory_run.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>

#include "tarn/merge/gather.h"
#include "tarn/merge/sort.h"

namespace tarn::datafile {

struct MemoryRun::Rows {
  /// A stretch of rows whose columns lie in one piece.
  struct Part {
    arrow::ArrayVector columns;
    std::vector<int64_t> sequences;  ///< int64[rows]
    std::vector<uint8_t> kinds;      ///< uint8[rows], empty = all +I
  };

  std::shared_ptr<const base::Context> context;
  arrow::FieldVector fields;
  std::vector<Part> parts;
  bool has_kinds = false;
  std::vector<uint16_t> part;  ///< uint16[rows]: where the row that comes i-th lies
  std::vector<int32_t> row;    ///< int32[rows]: its position there
  /// The rows that a cursor asked for last: the other columns want the same.
  int64_t window_begin = -1;
  int64_t window_rows = 0;
  std::vector<int32_t> window_picked;  ///< of them, empty = all
  merge::Sources window;

  const merge::Sources& Window(int64_t begin, int64_t rows,
                               const std::vector<int32_t>& picked);
};

namespace {

using Rows = MemoryRun::Rows;

/// Small batches are joined: a gather looks at every part, and numbers parts in 16 bits.
constexpr int64_t kPartRows = 8192;
constexpr int64_t kPartBytes = int64_t{64} << 20;
constexpr int64_t kPartsMax = 60'000;

Result<Rows::Part> MakePart(arrow::MemoryPool* pool, bool has_kinds,
                            const NumberedBatch* begin, const NumberedBatch* end) {
  Rows::Part part;
  for (const NumberedBatch* batch = begin; batch != end; ++batch) {
    const auto rows = static_cast<size_t>(batch->changes.num_rows());
    const size_t at = part.sequences.size();
    part.sequences.resize(at + rows);
    std::iota(part.sequences.begin() + static_cast<std::ptrdiff_t>(at),
              part.sequences.end(), batch->first_sequence);
    if (!has_kinds) continue;
    part.kinds.resize(at + rows, 0);
    if (const uint8_t* kinds = batch->changes.kinds_data()) {
      std::copy(kinds, kinds + rows,
                part.kinds.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  if (end - begin == 1) {
    part.columns = begin->changes.rows->columns();
    return part;
  }
  for (int column = 0; column < begin->changes.rows->num_columns(); ++column) {
    arrow::ArrayVector pieces;
    for (const NumberedBatch* batch = begin; batch != end; ++batch) {
      pieces.push_back(batch->changes.rows->column(column));
    }
    ARROW_ASSIGN_OR_RAISE(auto joined, arrow::Concatenate(pieces, pool));
    part.columns.push_back(std::move(joined));
  }
  return part;
}

Status MakeParts(const std::vector<NumberedBatch>& batches, Rows* out) {
  int64_t total = 0;
  for (const NumberedBatch& batch : batches) {
    total += batch.changes.num_rows();
    out->has_kinds |= batch.changes.kinds != nullptr;
  }
  const int64_t enough = std::max(kPartRows, total / kPartsMax + 1);
  for (size_t begin = 0; begin < batches.size();) {
    size_t end = begin;
    for (int64_t rows = 0, bytes = 0; end < batches.size() && rows < enough; ++end) {
      const types::ChangeBatch& next = batches[end].changes;
      ARROW_ASSIGN_OR_RAISE(const int64_t size,
                            arrow::util::ReferencedBufferSize(*next.rows));
      const bool large = bytes + size > kPartBytes || rows + next.num_rows() > 2 * enough;
      if (end > begin && large) break;
      rows += next.num_rows();
      bytes += size;
    }
    ARROW_ASSIGN_OR_RAISE(
        auto part, MakePart(out->context->pool, out->has_kinds, batches.data() + begin,
                            batches.data() + end));
    out->parts.push_back(std::move(part));
    begin = end;
  }
  return Status::OK();
}

/// The columns that decide the order, in one piece each, and the order of what is left of
/// the table.
Result<std::shared_ptr<arrow::RecordBatch>> OrderColumns(const Rows& rows,
                                                         int64_t num_rows,
                                                         merge::MergeSpec* spec) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  const auto take = [&](std::vector<int>* wanted) -> Status {
    for (int& column : *wanted) {
      arrow::ArrayVector pieces;
      for (const Rows::Part& part : rows.parts) pieces.push_back(part.columns[column]);
      ARROW_ASSIGN_OR_RAISE(auto joined, arrow::Concatenate(pieces, rows.context->pool));
      fields.push_back(rows.fields[column]);
      columns.push_back(std::move(joined));
      column = static_cast<int>(columns.size()) - 1;
    }
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(take(&spec->key_columns));
  ARROW_RETURN_NOT_OK(take(&spec->sequence_columns));
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), num_rows,
                                  std::move(columns));
}

/// Reads forward over what `Read` answers for a stretch of rows.
template <typename ReadRows>
class WindowCursor final : public merge::ColumnCursor {
 public:
  WindowCursor(std::shared_ptr<Rows> rows, ReadRows read)
      : rows_(std::move(rows)), read_(std::move(read)) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Check(rows));
    ARROW_ASSIGN_OR_RAISE(auto out, read_(*rows_, rows_->Window(position_, rows, {})));
    position_ += rows;
    return out;
  }
  Result<std::shared_ptr<arrow::Array>> ReadPicked(
      int64_t rows, const std::vector<int32_t>& picked) override {
    ARROW_RETURN_NOT_OK(Check(rows));
    if (picked.empty()) return nullptr;
    ARROW_ASSIGN_OR_RAISE(auto out,
                          read_(*rows_, rows_->Window(position_, rows, picked)));
    position_ += rows;
    return out;
  }
  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Check(rows));
    position_ += rows;
    return Status::OK();
  }

 private:
  Status Check(int64_t rows) const {
    TARN_CHECK(rows >= 0 && position_ + rows <= static_cast<int64_t>(rows_->row.size()),
               V("rows", rows));
    return Status::OK();
  }

  std::shared_ptr<Rows> rows_;
  ReadRows read_;
  int64_t position_ = 0;
};

template <typename ReadRows>
std::unique_ptr<merge::ColumnCursor> CursorOver(std::shared_ptr<Rows> rows,
                                                ReadRows read) {
  return std::make_unique<WindowCursor<ReadRows>>(std::move(rows), std::move(read));
}

}  // namespace

const merge::Sources& MemoryRun::Rows::Window(int64_t begin, int64_t rows,
                                              const std::vector<int32_t>& picked) {
  if (begin == window_begin && rows == window_rows && picked == window_picked) {
    return window;
  }
  window_begin = begin;
  window_rows = rows;
  window_picked = picked;
  const auto at = static_cast<std::ptrdiff_t>(begin);
  if (picked.empty()) {
    const auto length = static_cast<std::ptrdiff_t>(rows);
    window.run.assign(part.begin() + at, part.begin() + at + length);
    window.row.assign(row.begin() + at, row.begin() + at + length);
  } else {
    window.run.resize(picked.size());
    window.row.resize(picked.size());
    for (size_t i = 0; i < picked.size(); ++i) {
      window.run[i] = part[static_cast<size_t>(at + picked[i])];
      window.row[i] = row[static_cast<size_t>(at + picked[i])];
    }
  }
  const auto cells = static_cast<size_t>(window.rows());
  window.is_slice = cells > 0;
  for (size_t i = 1; i < cells && window.is_slice; ++i) {
    window.is_slice =
        window.run[i] == window.run[0] && window.row[i] == window.row[i - 1] + 1;
  }
  return window;
}

Result<std::unique_ptr<MemoryRun>> MemoryRun::Sort(
    std::shared_ptr<const base::Context> context, const merge::MergeSpec& spec,
    const arrow::Schema& schema, std::vector<NumberedBatch> batches) {
  auto rows = std::make_shared<Rows>();
  rows->context = std::move(context);
  rows->fields = schema.fields();
  std::erase_if(batches, [](const auto& batch) { return batch.changes.num_rows() == 0; });
  ARROW_RETURN_NOT_OK(MakeParts(batches, rows.get()));
  batches.clear();
  std::vector<uint16_t> part_of_row;
  std::vector<int32_t> row_of_row;
  for (size_t i = 0; i < rows->parts.size(); ++i) {
    const size_t at = row_of_row.size(), count = rows->parts[i].sequences.size();
    part_of_row.resize(at + count, static_cast<uint16_t>(i));
    row_of_row.resize(at + count);
    std::iota(row_of_row.begin() + static_cast<std::ptrdiff_t>(at), row_of_row.end(), 0);
  }
  const size_t count = row_of_row.size();
  if (count > 0) {
    merge::MergeSpec order = spec;
    ARROW_ASSIGN_OR_RAISE(auto columns,
                          OrderColumns(*rows, static_cast<int64_t>(count), &order));
    ARROW_ASSIGN_OR_RAISE(auto permutation,
                          merge::SortPermutation(*rows->context, order, *columns,
                                                 /*sequences=*/nullptr));
    const auto* sorted = reinterpret_cast<const int32_t*>(permutation->data());
    rows->part.resize(count);
    rows->row.resize(count);
    for (size_t i = 0; i < count; ++i) {
      rows->part[i] = part_of_row[static_cast<size_t>(sorted[i])];
      rows->row[i] = row_of_row[static_cast<size_t>(sorted[i])];
    }
  }
  return std::unique_ptr<MemoryRun>(new MemoryRun(std::move(rows)));
}

int64_t MemoryRun::num_rows() const {
  return static_cast<int64_t>(rows_->row.size());
}

Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenColumn(int column) {
  TARN_CHECK(column >= 0 && column < static_cast<int>(rows_->fields.size()),
             V("column", column));
  merge::RunSlices slices;
  for (const Rows::Part& part : rows_->parts) {
    slices.arrays.push_back(part.columns[column]);
  }
  slices.first.assign(slices.arrays.size(), 0);
  return CursorOver(rows_,
                    [type = rows_->fields[column]->type(), slices = std::move(slices)](
                        const Rows& rows, const merge::Sources& window) {
                      return merge::Gather(*rows.context, type, slices, window);
                    });
}

Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenSequence() {
  return CursorOver(
      rows_,
      [](const Rows& rows,
         const merge::Sources& window) -> Result<std::shared_ptr<arrow::Array>> {
        ARROW_ASSIGN_OR_RAISE(
            std::shared_ptr<arrow::Buffer> buffer,
            arrow::AllocateBuffer(window.rows() * 8, rows.context->pool));
        auto* out = reinterpret_cast<int64_t*>(buffer->mutable_data());
        for (int64_t i = 0; i < window.rows(); ++i) {
          out[i] = rows.parts[window.run[i]].sequences[window.row[i]];
        }
        return std::make_shared<arrow::Int64Array>(window.rows(), std::move(buffer));
      });
}

Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenKind() {
  if (!rows_->has_kinds) return nullptr;
  return CursorOver(
      rows_,
      [](const Rows& rows,
         const merge::Sources& window) -> Result<std::shared_ptr<arrow::Array>> {
        ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                              arrow::AllocateBuffer(window.rows(), rows.context->pool));
        uint8_t* out = buffer->mutable_data();
        for (int64_t i = 0; i < window.rows(); ++i) {
          out[i] = rows.parts[window.run[i]].kinds[window.row[i]];
        }
        return std::make_shared<arrow::Int8Array>(window.rows(), std::move(buffer));
      });
}

}  // namespace tarn::datafile
