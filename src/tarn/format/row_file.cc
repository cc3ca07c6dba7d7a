// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/row_file.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>

#include <arrow/api.h>

#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

constexpr int64_t kKeptBytes = int64_t{8} << 20;

/// A column that at least one cursor reads.
struct OpenColumn {
  RowColumn column;
  int cursors = 0;
};

/// A block with the arrays of the columns that were open when it was decoded.
struct DecodedBlock {
  size_t block = 0;
  int64_t bytes = 0;
  std::map<int, std::shared_ptr<arrow::Array>> arrays;
};

/// The file as its cursors share it. Thread-safe.
class RowFile {
 public:
  RowFile(std::string name, arrow::MemoryPool* pool, std::unique_ptr<RowBlocks> blocks)
      : name_(std::move(name)), pool_(pool), blocks_(std::move(blocks)) {}

  const std::string& name() const { return name_; }
  arrow::MemoryPool* pool() const { return pool_; }
  const std::vector<std::string>& names() const { return blocks_->names(); }
  const std::vector<int64_t>& starts() const { return blocks_->starts(); }

  /// Number of the column for `Values`; to be given back to `Close`.
  Result<int> Open(const std::string& name, const types::DataType& type) {
    const auto found = std::find(names().begin(), names().end(), name);
    if (found == names().end()) {
      return NotFound(4550, "File has no such column:", V("file", name_),
                      V("column", name));
    }
    const RowColumn wanted{static_cast<int>(found - names().begin()), type};
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [number, open] : columns_) {
      if (!(open.column == wanted)) continue;
      ++open.cursors;
      return number;
    }
    const Status status = blocks_->Check(wanted);
    if (!status.ok()) return Prefixed(status, name_ + ": ");
    columns_[next_] = {wanted, 1};
    return next_++;
  }

  void Close(int column) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = columns_.find(column);
    if (--at->second.cursors == 0) columns_.erase(at);
  }

  /// All values of an open column in a block.
  Result<std::shared_ptr<arrow::Array>> Values(size_t block, int column) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ARROW_RETURN_NOT_OK(failure_);
    auto kept = std::find_if(kept_.begin(), kept_.end(),
                             [&](const DecodedBlock& b) { return b.block == block; });
    if (kept != kept_.end() && kept->arrays.contains(column)) {
      kept_.splice(kept_.begin(), kept_, kept);
      return kept_.front().arrays[column];
    }
    if (kept != kept_.end()) Drop(kept);
    DecodedBlock decoded;
    failure_ = Decode(block, &decoded);
    if (!failure_.ok()) return failure_ = Prefixed(failure_, name_ + ": ");
    kept_bytes_ += decoded.bytes;
    kept_.push_front(std::move(decoded));
    while (kept_.size() > 1 && kept_bytes_ > kKeptBytes) Drop(std::prev(kept_.end()));
    return kept_.front().arrays[column];
  }

 private:
  void Drop(std::list<DecodedBlock>::iterator at) {
    kept_bytes_ -= at->bytes;
    kept_.erase(at);
  }

  Status Decode(size_t block, DecodedBlock* out) {
    std::vector<RowColumn> columns;
    for (const auto& [number, open] : columns_) columns.push_back(open.column);
    ARROW_ASSIGN_OR_RAISE(const arrow::ArrayVector arrays,
                          blocks_->Decode(block, columns, &out->bytes));
    out->block = block;
    size_t i = 0;
    for (const auto& [number, open] : columns_) out->arrays[number] = arrays[i++];
    return Status::OK();
  }

  const std::string name_;
  arrow::MemoryPool* const pool_;
  const std::unique_ptr<RowBlocks> blocks_;
  std::mutex mutex_;
  std::map<int, OpenColumn> columns_;
  int next_ = 0;
  std::list<DecodedBlock> kept_;  ///< the latest used first
  int64_t kept_bytes_ = 0;
  Status failure_;
};

class RowCursor final : public merge::ColumnCursor {
 public:
  RowCursor(std::shared_ptr<RowFile> file, int column,
            std::shared_ptr<arrow::DataType> type)
      : file_(std::move(file)), column_(column), type_(std::move(type)) {}
  ~RowCursor() override { file_->Close(column_); }

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(CheckLeft(rows));
    arrow::ArrayVector parts;
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(Advance());
      const std::vector<int64_t>& starts = file_->starts();
      const int64_t step = std::min(rows, starts[block_ + 1] - row_);
      parts.push_back(values_->Slice(row_ - starts[block_], step));
      row_ += step;
      rows -= step;
    }
    if (parts.empty()) return arrow::MakeEmptyArray(type_, file_->pool());
    if (parts.size() == 1) return parts[0];
    return arrow::Concatenate(parts, file_->pool());
  }

  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(CheckLeft(rows));
    row_ += rows;
    return Status::OK();
  }

 private:
  Status CheckLeft(int64_t rows) const {
    TARN_CHECK(rows >= 0 && rows <= file_->starts().back() - row_,
               V("file", file_->name()), V("row", row_), V("rows", rows));
    return Status::OK();
  }

  /// Hold the values of the block that the next row is in.
  Status Advance() {
    const std::vector<int64_t>& starts = file_->starts();
    const auto after = std::upper_bound(starts.begin(), starts.end(), row_);
    const auto block = static_cast<size_t>(after - starts.begin()) - 1;
    if (values_ != nullptr && block == block_) return Status::OK();
    values_.reset();
    ARROW_ASSIGN_OR_RAISE(values_, file_->Values(block, column_));
    block_ = block;
    return Status::OK();
  }

  std::shared_ptr<RowFile> file_;
  const int column_;
  const std::shared_ptr<arrow::DataType> type_;
  int64_t row_ = 0;
  size_t block_ = 0;
  std::shared_ptr<arrow::Array> values_;
};

class RowFileReader final : public FileReader {
 public:
  explicit RowFileReader(std::shared_ptr<RowFile> file) : file_(std::move(file)) {}

  int64_t num_rows() const override { return file_->starts().back(); }
  const std::vector<std::string>& column_names() const override { return file_->names(); }
  std::vector<RowRange> row_groups() const override {
    if (num_rows() == 0) return {};
    return {{0, num_rows()}};
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(
      const std::string& name, const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
    ARROW_ASSIGN_OR_RAISE(const int column, file_->Open(name, type));
    return std::make_unique<RowCursor>(file_, column, std::move(arrow_type));
  }

  Result<ColumnStatistics> RowGroupStatistics(int, const std::string&,
                                              const types::DataType&) override {
    return ColumnStatistics();
  }

 private:
  std::shared_ptr<RowFile> file_;
};

}  // namespace

std::unique_ptr<FileReader> MakeRowFileReader(std::string name, arrow::MemoryPool* pool,
                                              std::unique_ptr<RowBlocks> blocks) {
  return std::make_unique<RowFileReader>(
      std::make_shared<RowFile>(std::move(name), pool, std::move(blocks)));
}

}  // namespace tarn::format
