// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_leaf.h"

#include <algorithm>

#include <arrow/api.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/level_conversion.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "tarn/format/parquet_values.h"

namespace tarn::format {

ParquetLeaf::~ParquetLeaf() = default;

Result<std::unique_ptr<ParquetLeaf>> ParquetLeaf::Make(
    std::shared_ptr<const ParquetFile> file, int column,
    const parquet::internal::LevelInfo& info, const types::DataType& type) {
  std::unique_ptr<ParquetLeaf> leaf(new ParquetLeaf());
  const parquet::ColumnDescriptor* descriptor =
      file->reader->metadata()->schema()->Column(column);
  leaf->file_ = std::move(file);
  leaf->column_ = column;
  leaf->in_list_ = descriptor->max_repetition_level() > 0;
  leaf->path_ = descriptor->path()->ToDotString();
  leaf->type_ = type;
  leaf->reader_ = parquet::internal::RecordReader::Make(
      descriptor, info, leaf->file_->pool, /*read_dictionary=*/false,
      /*read_dense_for_nullable=*/false,
      type.IsString() ? arrow::utf8() : arrow::binary());
  return leaf;
}

Status ParquetLeaf::EndedEarly() const {
  return Corruption(7414, "Column ends before its row group does:", V("column", path_),
                    V("row_group", group_), V("rows_missing", group_left_));
}

Status ParquetLeaf::OpenGroup() {
  if (group_ >= file_->group_rows.size()) return EndedEarly();
  // The library must not be given the next row group while it holds values of this one:
  // it would go on with a decoder that is gone.
  const bool values_left =
      in_list_ ? opened_ && reader_->SkipRecords(1) != 0 : page_left_ > 0;
  if (values_left) {
    return Corruption(7417,
                      "Column goes on after its row group ends:", V("column", path_),
                      V("row_group", group_ - 1));
  }
  opened_ = true;
  auto pages =
      file_->reader->RowGroup(static_cast<int>(group_))->GetColumnPageReader(column_);
  if (!in_list_) {
    pages->set_data_page_filter(
        [this](const parquet::DataPageStats& page) { return PassPage(page.num_values); });
  }
  reader_->SetPageReader(std::move(pages));
  group_left_ = file_->group_rows[group_++];
  page_left_ = 0;
  return Status::OK();
}

bool ParquetLeaf::PassPage(int64_t rows) {
  if (rows <= droppable_) {
    droppable_ -= rows;
    dropped_ += rows;
    return true;
  }
  // The first page that is kept ends the skip.
  droppable_ = 0;
  page_left_ += rows;
  return false;
}

Status ParquetLeaf::SkipOpened(int64_t rows) {
  while (rows > 0) {
    // Inside a page rows are passed level by level; whole pages after it can go unread.
    // At a page's end one row must be left to skip: it makes the reader fetch the next
    // page that is kept.
    int64_t step = rows;
    if (!in_list_) step = page_left_ > 0 ? std::min(rows, page_left_) : 1;
    droppable_ = in_list_ ? 0 : rows - step;
    dropped_ = 0;
    const int64_t skipped = reader_->SkipRecords(step);
    droppable_ = 0;
    if (skipped != step) return EndedEarly();
    page_left_ -= skipped;
    group_left_ -= skipped + dropped_;
    rows -= skipped + dropped_;
  }
  return Status::OK();
}

Status ParquetLeaf::CatchUp() {
  while (pending_skip_ > 0) {
    if (group_left_ == 0) {
      if (group_ >= file_->group_rows.size()) return EndedEarly();
      if (pending_skip_ >= file_->group_rows[group_]) {
        pending_skip_ -= file_->group_rows[group_++];
        continue;
      }
      ARROW_RETURN_NOT_OK(OpenGroup());
    }
    const int64_t step = std::min(pending_skip_, group_left_);
    if (step == group_left_ && !in_list_) {
      // The rest of the group is not needed: what is buffered of it must go, though.
      ARROW_RETURN_NOT_OK(SkipOpened(std::min(step, std::max<int64_t>(page_left_, 0))));
      pending_skip_ -= step;
      group_left_ = 0;
      continue;
    }
    ARROW_RETURN_NOT_OK(SkipOpened(step));
    pending_skip_ -= step;
  }
  return Status::OK();
}

Status ParquetLeaf::Skip(int64_t rows) {
  pending_skip_ += rows;
  return Status::OK();
}

Status ParquetLeaf::Load(int64_t rows) {
  ARROW_RETURN_NOT_OK(CatchUp());
  reader_->Reset();
  reader_->Reserve(rows);
  while (rows > 0) {
    while (group_left_ == 0) ARROW_RETURN_NOT_OK(OpenGroup());
    const int64_t wanted = std::min(rows, group_left_);
    const int64_t read = reader_->ReadRecords(wanted);
    if (read != wanted) return EndedEarly();
    rows -= read;
    group_left_ -= read;
    page_left_ -= read;
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Array>> ParquetLeaf::Take() {
  return TakeValues(reader_.get(), type_, file_->pool);
}

ParquetLeaf::Levels ParquetLeaf::levels() const {
  Levels out;
  out.count = reader_->levels_position();
  out.definition = reader_->def_levels();
  if (in_list_) out.repetition = reader_->rep_levels();
  return out;
}

}  // namespace tarn::format
