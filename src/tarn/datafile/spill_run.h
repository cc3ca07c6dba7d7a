// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/ipc/type_fwd.h>
#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::datafile {

/// A sorted run in a temporary file (Arrow IPC, zstd), read back a page of rows at a time
/// and column by column. The file goes when the run goes.
class SpillRun final : public merge::SortedRun {
 public:
  ~SpillRun() override;

  int64_t num_rows() const override { return rows_; }
  int32_t level() const override { return -1; }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override;

 private:
  friend class SpillWriter;
  SpillRun(std::shared_ptr<const base::Context> context, std::string path, int64_t rows,
           std::vector<int64_t> page_starts)
      : context_(std::move(context)),
        path_(std::move(path)),
        rows_(rows),
        page_starts_(std::move(page_starts)) {}
  Result<std::unique_ptr<merge::ColumnCursor>> Open(int file_column);

  std::shared_ptr<const base::Context> context_;
  std::string path_;
  int64_t rows_;
  std::vector<int64_t> page_starts_;  ///< int64[pages + 1]: first row of each page
};

/// Writes one spill file. One caller at a time; destroyed without `Finish`, the file is
/// removed.
class SpillWriter {
 public:
  /// \param schema  of the value columns
  /// Errors: kUnavailable, kResource (no space).
  static Result<std::unique_ptr<SpillWriter>> Make(
      std::shared_ptr<const base::Context> context,
      std::shared_ptr<arrow::Schema> schema);
  ~SpillWriter();

  /// Append rows in key order. `kinds` int8[rows], nullptr = all +I.
  Status Write(const arrow::RecordBatch& values, const arrow::Array& sequences,
               const arrow::Array* kinds);
  Result<std::unique_ptr<SpillRun>> Finish();

 private:
  SpillWriter() = default;

  std::shared_ptr<const base::Context> context_;
  std::string path_;
  std::shared_ptr<arrow::Schema> file_schema_;
  std::shared_ptr<arrow::io::OutputStream> output_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
  int64_t rows_ = 0;
  std::vector<int64_t> page_starts_{0};
};

}  // namespace tarn::datafile
