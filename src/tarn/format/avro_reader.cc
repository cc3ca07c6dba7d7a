// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_reader.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "tarn/format/avro_blocks.h"
#include "tarn/format/avro_column.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

constexpr int64_t kKeptBytes = int64_t{8} << 20;

/// A column that at least one cursor reads.
struct OpenColumn {
  int field = 0;  ///< of the root record
  types::DataType type;
  std::unique_ptr<AvroColumn> decoder;
  int cursors = 0;
};

/// A block with the arrays of the columns that were open when it was decoded.
struct DecodedBlock {
  size_t block = 0;
  int64_t bytes = 0;  ///< decompressed
  std::map<int, std::shared_ptr<arrow::Array>> arrays;
};

/// The file as its cursors share it. Thread-safe.
class AvroFile {
 public:
  AvroFile(std::string name, arrow::MemoryPool* pool,
           std::unique_ptr<const AvroBlocks> blocks)
      : name_(std::move(name)), pool_(pool), blocks_(std::move(blocks)) {}

  const std::string& name() const { return name_; }
  arrow::MemoryPool* pool() const { return pool_; }
  const AvroBlocks& blocks() const { return *blocks_; }

  /// Number of the column for `Values`; to be given back to `Close`.
  Result<int> Open(const std::string& name, const types::DataType& type) {
    const AvroNode& root = blocks_->schema().root();
    const int field = root.FieldIndex(name);
    if (field < 0) {
      return NotFound(4550, "File has no such column:", V("file", name_),
                      V("column", name));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [number, column] : columns_) {
      if (column.field != field || !(column.type == type)) continue;
      ++column.cursors;
      return number;
    }
    auto decoder = AvroColumn::Make(name, *root.fields[static_cast<size_t>(field)].type,
                                    type, pool_);
    if (!decoder.ok()) return Prefixed(decoder.status(), name_ + ": ");
    columns_[next_] = {field, type, std::move(*decoder), 1};
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
    // Half a block stands in the decoders.
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
    std::string bytes;
    ARROW_RETURN_NOT_OK(blocks_->Read(block, &bytes));
    const AvroNode& root = blocks_->schema().root();
    ARROW_RETURN_NOT_OK(ReadRecords(block, bytes, root));
    out->block = block;
    out->bytes = static_cast<int64_t>(bytes.size());
    for (auto& [number, column] : columns_) {
      ARROW_ASSIGN_OR_RAISE(out->arrays[number], column.decoder->Finish());
    }
    return Status::OK();
  }

  Status ReadRecords(size_t block, std::string_view bytes, const AvroNode& root) {
    // Of each stored field the columns that take it; more than one only when a file is
    // read as two types at once.
    std::vector<std::vector<AvroColumn*>> takers(root.fields.size());
    for (auto& [number, column] : columns_) {
      takers[static_cast<size_t>(column.field)].push_back(column.decoder.get());
    }
    AvroDecoder decoder(bytes);
    const int64_t records = blocks_->places()[block].records;
    for (int64_t record = 0; record < records && decoder.ok(); ++record) {
      for (size_t field = 0; field < takers.size(); ++field) {
        if (takers[field].empty()) {
          decoder.Skip(*root.fields[field].type);
          continue;
        }
        const AvroDecoder here = decoder;
        for (AvroColumn* column : takers[field]) {
          decoder = here;
          ARROW_RETURN_NOT_OK(column->Append(&decoder));
        }
      }
    }
    return decoder.Finish();
  }

  const std::string name_;
  arrow::MemoryPool* const pool_;
  const std::unique_ptr<const AvroBlocks> blocks_;
  std::mutex mutex_;
  std::map<int, OpenColumn> columns_;
  int next_ = 0;
  std::list<DecodedBlock> kept_;  ///< the latest used first
  int64_t kept_bytes_ = 0;
  Status failure_;
};

class AvroCursor final : public merge::ColumnCursor {
 public:
  AvroCursor(std::shared_ptr<AvroFile> file, int column,
             std::shared_ptr<arrow::DataType> type)
      : file_(std::move(file)), column_(column), type_(std::move(type)) {}
  ~AvroCursor() override { file_->Close(column_); }

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    TARN_CHECK(rows >= 0 && rows <= file_->blocks().records() - row_,
               V("file", file_->name()), V("row", row_), V("rows", rows));
    arrow::ArrayVector parts;
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(Advance());
      const AvroBlocks::Place& place = file_->blocks().places()[block_];
      const int64_t skip = row_ - place.begin;
      const int64_t step = std::min(rows, place.records - skip);
      parts.push_back(values_->Slice(skip, step));
      row_ += step;
      rows -= step;
    }
    if (parts.empty()) return arrow::MakeEmptyArray(type_, file_->pool());
    if (parts.size() == 1) return parts[0];
    return arrow::Concatenate(parts, file_->pool());
  }

  Status Skip(int64_t rows) override {
    TARN_CHECK(rows >= 0 && rows <= file_->blocks().records() - row_,
               V("file", file_->name()), V("row", row_), V("rows", rows));
    row_ += rows;
    return Status::OK();
  }

 private:
  /// Hold the values of the block that the next row is in.
  Status Advance() {
    const size_t block = file_->blocks().BlockOf(row_);
    if (values_ != nullptr && block == block_) return Status::OK();
    values_.reset();
    ARROW_ASSIGN_OR_RAISE(values_, file_->Values(block, column_));
    block_ = block;
    return Status::OK();
  }

  std::shared_ptr<AvroFile> file_;
  const int column_;
  const std::shared_ptr<arrow::DataType> type_;
  int64_t row_ = 0;
  size_t block_ = 0;
  std::shared_ptr<arrow::Array> values_;
};

class AvroFileReader final : public FileReader {
 public:
  explicit AvroFileReader(std::shared_ptr<AvroFile> file) : file_(std::move(file)) {
    for (const AvroField& field : file_->blocks().schema().root().fields) {
      names_.push_back(field.name);
    }
  }

  int64_t num_rows() const override { return file_->blocks().records(); }
  const std::vector<std::string>& column_names() const override { return names_; }
  std::vector<RowRange> row_groups() const override {
    if (num_rows() == 0) return {};
    return {{0, num_rows()}};
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(
      const std::string& name, const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
    ARROW_ASSIGN_OR_RAISE(const int column, file_->Open(name, type));
    return std::make_unique<AvroCursor>(file_, column, std::move(arrow_type));
  }

  Result<ColumnStatistics> RowGroupStatistics(int, const std::string&,
                                              const types::DataType&) override {
    return ColumnStatistics();
  }

 private:
  std::shared_ptr<AvroFile> file_;
  std::vector<std::string> names_;
};

}  // namespace

Result<std::unique_ptr<FileReader>> OpenAvro(const base::Context& context,
                                             const std::string& path, int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto input, context.files->OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, input->GetSize());
  if (bytes >= 0 && size != bytes) {
    return Corruption(7553,
                      "File has another size than its metadata states:", V("file", path),
                      V("bytes", size), V("stated", bytes));
  }
  ARROW_ASSIGN_OR_RAISE(auto blocks, AvroBlocks::Open(std::move(input), path, {}));
  if (blocks->schema().root().kind != AvroKind::kRecord) {
    return Corruption(7554, "Avro file holds no records:", V("file", path));
  }
  auto* pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  return std::make_unique<AvroFileReader>(
      std::make_shared<AvroFile>(path, pool, std::move(blocks)));
}

}  // namespace tarn::format
