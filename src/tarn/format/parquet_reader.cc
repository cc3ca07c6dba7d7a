// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_reader.h"

#include <mutex>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include "tarn/format/parquet_column.h"
#include "tarn/format/parquet_guard.h"
#include "tarn/format/parquet_values.h"

namespace tarn::format {
namespace {

// One buffer per open cursor: runs times columns of them exist at once in a merge.
constexpr int64_t kStreamBufferBytes = int64_t{64} << 10;

class ParquetCursor final : public merge::ColumnCursor {
 public:
  ParquetCursor(std::shared_ptr<const ParquetFile> file,
                std::unique_ptr<ParquetColumn> column, int64_t rows)
      : file_(std::move(file)), column_(std::move(column)), rows_left_(rows) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Take(rows));
    std::shared_ptr<arrow::Array> out;
    failure_ = GuardParquet(file_->name, [&]() -> Status {
      ARROW_ASSIGN_OR_RAISE(out, column_->Read(rows));
      return Status::OK();
    });
    ARROW_RETURN_NOT_OK(failure_);
    return out;
  }

  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Take(rows));
    failure_ = GuardParquet(file_->name, [&] { return column_->Skip(rows); });
    return failure_;
  }

 private:
  Status Take(int64_t rows) {
    ARROW_RETURN_NOT_OK(failure_);
    TARN_CHECK(rows >= 0 && rows <= rows_left_, V("file", file_->name), V("rows", rows),
               V("left", rows_left_));
    rows_left_ -= rows;
    return Status::OK();
  }

  std::shared_ptr<const ParquetFile> file_;
  std::unique_ptr<ParquetColumn> column_;
  int64_t rows_left_;
  Status failure_;
};

class ParquetReader final : public FileReader {
 public:
  static Result<std::unique_ptr<FileReader>> Open(const base::Context& context,
                                                  const std::string& path,
                                                  int64_t bytes) {
    ARROW_ASSIGN_OR_RAISE(auto input, context.files->OpenInput(path));
    ARROW_ASSIGN_OR_RAISE(const int64_t size, input->GetSize());
    if (bytes >= 0 && size != bytes) {
      return Corruption(7415, "File has another size than its metadata states:",
                        V("file", path), V("bytes", size), V("stated", bytes));
    }
    std::unique_ptr<ParquetReader> reader(new ParquetReader());
    auto file = std::make_shared<ParquetFile>();
    file->name = path;
    file->pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
    ARROW_RETURN_NOT_OK(GuardParquet(path, [&] {
      parquet::ReaderProperties properties(file->pool);
      properties.enable_buffered_stream();
      properties.set_buffer_size(kStreamBufferBytes);
      file->reader = parquet::ParquetFileReader::Open(std::move(input), properties);
      return reader->ReadShape(file.get());
    }));
    reader->file_ = std::move(file);
    return reader;
  }

  int64_t num_rows() const override { return num_rows_; }
  const std::vector<std::string>& column_names() const override { return names_; }
  std::vector<RowRange> row_groups() const override { return groups_; }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(
      const std::string& name, const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(const int field, FieldOf(name));
    std::unique_ptr<ParquetColumn> column;
    ARROW_RETURN_NOT_OK(GuardParquet(file_->name, [&]() -> Status {
      ARROW_ASSIGN_OR_RAISE(column, ParquetColumn::Make(file_, field, type));
      return Status::OK();
    }));
    return std::make_unique<ParquetCursor>(file_, std::move(column), num_rows_);
  }

  Result<ColumnStatistics> RowGroupStatistics(int row_group, const std::string& name,
                                              const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(const int field, FieldOf(name));
    TARN_CHECK(row_group >= 0 && row_group < static_cast<int>(groups_.size()));
    ColumnStatistics out;
    ARROW_RETURN_NOT_OK(GuardParquet(
        file_->name, [&] { return ReadStatistics(row_group, field, type, &out); }));
    return out;
  }

  Result<std::vector<PartStatistics>> RowGroupParts(
      int row_group, const std::string& name, const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(const int field, FieldOf(name));
    TARN_CHECK(row_group >= 0 && row_group < static_cast<int>(groups_.size()));
    std::vector<PartStatistics> out;
    ARROW_RETURN_NOT_OK(GuardParquet(
        file_->name, [&] { return ReadPages(row_group, field, type, &out); }));
    if (!out.empty()) return out;
    return FileReader::RowGroupParts(row_group, name, type);
  }

 private:
  /// Pages of a flat column by the file's page index; nothing where there is none, or
  /// where it contradicts itself.
  Status ReadPages(int row_group, int field, const types::DataType& type,
                   std::vector<PartStatistics>* out) {
    const auto metadata = file_->reader->metadata();
    const parquet::schema::Node& node = *metadata->schema()->group_node()->field(field);
    if (!node.is_primitive() || node.is_repeated()) return Status::OK();
    const int column = metadata->schema()->ColumnIndex(node);
    const parquet::ColumnDescriptor& descriptor = *metadata->schema()->Column(column);
    ARROW_RETURN_NOT_OK(CheckPhysicalType(descriptor, type));
    std::shared_ptr<parquet::ColumnIndex> bounds;
    std::shared_ptr<parquet::OffsetIndex> places;
    {
      const std::lock_guard<std::mutex> lock(page_index_mutex_);
      const auto index = file_->reader->GetPageIndexReader();
      if (index == nullptr) return Status::OK();
      const auto group = index->RowGroup(row_group);
      if (group == nullptr) return Status::OK();
      bounds = group->GetColumnIndex(column);
      places = group->GetOffsetIndex(column);
    }
    if (bounds == nullptr || places == nullptr) return Status::OK();
    const auto& pages = places->page_locations();
    const RowRange& rows = groups_[static_cast<size_t>(row_group)];
    const int64_t group_rows = rows.end - rows.begin;
    const size_t count = pages.size();
    if (bounds->null_pages().size() != count ||
        bounds->encoded_min_values().size() != count ||
        bounds->encoded_max_values().size() != count ||
        (bounds->has_null_counts() && bounds->null_counts().size() != count)) {
      return Status::OK();
    }
    for (size_t i = 0; i < count; ++i) {
      const int64_t begin = pages[i].first_row_index;
      const int64_t end = i + 1 < count ? pages[i + 1].first_row_index : group_rows;
      if (begin >= end || (i == 0 && begin != 0) || end > group_rows) {
        out->clear();
        return Status::OK();
      }
      PartStatistics part{{rows.begin + begin, rows.begin + end}, {}};
      if (bounds->has_null_counts())
        part.statistics.null_count = bounds->null_counts()[i];
      if (bounds->null_pages()[i]) {
        part.statistics.null_count = end - begin;
      } else {
        ARROW_ASSIGN_OR_RAISE(
            part.statistics.min,
            StatisticsValue(descriptor, type, bounds->encoded_min_values()[i],
                            file_->pool));
        ARROW_ASSIGN_OR_RAISE(
            part.statistics.max,
            StatisticsValue(descriptor, type, bounds->encoded_max_values()[i],
                            file_->pool));
      }
      out->push_back(std::move(part));
    }
    return Status::OK();
  }

  Status ReadShape(ParquetFile* file) {
    const auto metadata = file->reader->metadata();
    const parquet::schema::GroupNode& root = *metadata->schema()->group_node();
    for (int i = 0; i < root.field_count(); ++i) names_.push_back(root.field(i)->name());
    for (int i = 0; i < metadata->num_row_groups(); ++i) {
      const int64_t rows = metadata->RowGroup(i)->num_rows();
      const int64_t begin = num_rows_;
      if (rows < 0 || __builtin_add_overflow(begin, rows, &num_rows_)) {
        return Corruption(7416, "Row group states an impossible number of rows:",
                          V("file", file->name), V("row_group", i), V("rows", rows));
      }
      file->group_rows.push_back(rows);
      groups_.push_back({begin, num_rows_});
    }
    return Status::OK();
  }

  Result<int> FieldOf(const std::string& name) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return static_cast<int>(i);
    }
    return NotFound(4410, "File has no such column:", V("file", file_->name),
                    V("column", name));
  }

  Status ReadStatistics(int row_group, int field, const types::DataType& type,
                        ColumnStatistics* out) const {
    const auto metadata = file_->reader->metadata();
    const parquet::schema::Node& node = *metadata->schema()->group_node()->field(field);
    if (!node.is_primitive() || node.is_repeated()) return Status::OK();
    const int column = metadata->schema()->ColumnIndex(node);
    const parquet::ColumnDescriptor& descriptor = *metadata->schema()->Column(column);
    ARROW_RETURN_NOT_OK(CheckPhysicalType(descriptor, type));
    const auto statistics =
        metadata->RowGroup(row_group)->ColumnChunk(column)->statistics();
    if (statistics == nullptr) return Status::OK();
    if (statistics->HasNullCount()) out->null_count = statistics->null_count();
    if (!statistics->HasMinMax()) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(
        out->min,
        StatisticsValue(descriptor, type, statistics->EncodeMin(), file_->pool));
    ARROW_ASSIGN_OR_RAISE(
        out->max,
        StatisticsValue(descriptor, type, statistics->EncodeMax(), file_->pool));
    return Status::OK();
  }

  std::shared_ptr<const ParquetFile> file_;
  std::vector<std::string> names_;
  std::vector<RowRange> groups_;
  std::mutex page_index_mutex_;
  int64_t num_rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<FileReader>> OpenParquet(const base::Context& context,
                                                const std::string& path, int64_t bytes) {
  return ParquetReader::Open(context, path, bytes);
}

}  // namespace tarn::format
