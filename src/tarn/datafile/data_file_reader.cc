// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/data_file_reader.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <arrow/api.h>

#include "tarn/datafile/cursors.h"
#include "tarn/datafile/format_options.h"
#include "tarn/datafile/row_groups.h"
#include "tarn/datafile/schema_mapping.h"
#include "tarn/datafile/selected_rows.h"
#include "tarn/format/column_file.h"
#include "tarn/index/file_index_reader.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"

namespace tarn::datafile {
namespace {

using types::DataField;
using types::DataType;

/// Rows between two that an index names are read along when they are fewer: a skip costs
/// more.
constexpr int64_t kGapRows = 256;

RowRanges RangesOf(const Roaring& rows) {
  RowRanges out;
  for (const uint32_t row : rows) {
    if (out.empty() || row > out.back().end + kGapRows) out.push_back({row, row});
    out.back().end = int64_t{row} + 1;
  }
  return out;
}

const DataType& SequenceType() {
  static const DataType type = DataType::BigInt().NotNull();
  return type;
}

/// The files of a run as its cursors share them. Thread-safe.
class RunFiles {
 public:
  RunFiles(ReadBucket bucket, std::vector<meta::DataFileMeta> files)
      : bucket_(std::move(bucket)),
        files_(std::move(files)),
        pool_(bucket_.context->pool == nullptr ? arrow::default_memory_pool()
                                               : bucket_.context->pool),
        ranges_(files_.size()),
        opened_(files_.size()) {}

  /// Find the rows that are worth reading; to be called before any cursor is opened.
  Status SelectRows(const RowFilter& filter) {
    for (size_t i = 0; i < files_.size(); ++i) {
      ARROW_RETURN_NOT_OK(SelectRowsOfFile(i, filter));
    }
    return Status::OK();
  }
  /// Rows of file `i` that cursors answer.
  int64_t RowsOf(size_t i) const {
    return ranges_[i] ? CountRows(*ranges_[i]) : LiveRows(i);
  }
  /// The rows of file `i` that are answered, where `cursor` answers all.
  std::unique_ptr<merge::ColumnCursor> Narrowed(
      size_t i, std::unique_ptr<merge::ColumnCursor> cursor,
      std::shared_ptr<arrow::DataType> type) const {
    if (!ranges_[i]) return cursor;
    return SelectedCursor(std::move(cursor), *ranges_[i], std::move(type), pool_);
  }

  const std::vector<meta::DataFileMeta>& files() const { return files_; }
  arrow::MemoryPool* pool() const { return pool_; }
  const types::TableSchema& schema() const { return *bucket_.schema; }

  /// A cursor over a value column of file `i`, in the type of today's schema.
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(size_t i, int column) {
    const DataField& field = schema().fields[static_cast<size_t>(column)];
    if (IsPartitionColumn(field.name)) return OpenPartition(i, field);
    if (field.type.root() == types::TypeRoot::kBlob) {
      // Its values lie in files of their own: a data file without the column is no NULL.
      return Unsupported(
          6512, "Columns of type BLOB cannot be read yet:", V("column", field.name));
    }
    ARROW_ASSIGN_OR_RAISE(const auto data_schema, SchemaOf(files_[i]));
    const auto stored = std::find_if(
        data_schema->fields.begin(), data_schema->fields.end(),
        [&](const DataField& candidate) { return candidate.id == field.id; });
    if (stored == data_schema->fields.end()) return OpenNulls(i, field.type);
    ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
    const std::string name = StoredName(*reader, *data_schema, stored->name);
    if (name.empty()) return OpenNulls(i, field.type);
    ARROW_ASSIGN_OR_RAISE(auto mapping,
                          ColumnMapping::Make(field.name, stored->type, field.type));
    ARROW_ASSIGN_OR_RAISE(auto cursor, reader->OpenColumn(name, stored->type));
    return MappedCursor(Live(i, std::move(cursor)), std::move(mapping),
                        {pool_, bucket_.context->clock.get()});
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence(size_t i) {
    // With this option the commit's number stands in the metadata alone (Paimon
    // `KeyValueFileReaderFactory`).
    const options::Options options(schema().options);
    ARROW_ASSIGN_OR_RAISE(const bool by_snapshot,
                          options.Get(options::kSequenceSnapshotOrdering));
    if (by_snapshot && !files_[i].file_source) {
      return Unsupported(6753,
                         "Files that do not state where they come from cannot be ordered "
                         "by snapshot:",
                         V("file", files_[i].file_name),
                         V("option", "sequence.snapshot-ordering"));
    }
    if (by_snapshot && *files_[i].file_source == meta::FileSource::kAppend) {
      ARROW_ASSIGN_OR_RAISE(
          auto value, arrow::MakeArrayFromScalar(
                          arrow::Int64Scalar(files_[i].min_sequence_number), 1, pool_));
      return RepeatCursor(std::move(value), LiveRows(i), pool_);
    }
    ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
    ARROW_ASSIGN_OR_RAISE(
        auto cursor,
        reader->OpenColumn(std::string(types::kSequenceNumberName), SequenceType()));
    return Live(i, std::move(cursor));
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind(size_t i) {
    ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
    ARROW_ASSIGN_OR_RAISE(auto cursor,
                          reader->OpenColumn(std::string(types::kValueKindName),
                                             DataType::TinyInt().NotNull()));
    return Live(i, std::move(cursor));
  }

  /// Rows of file `i` that are not deleted.
  int64_t LiveRows(size_t i) const {
    return LiveRowsOf(files_[i], bucket_.deletion_vectors);
  }

 private:
  /// A cursor over the live rows of file `i`, of one over all of them.
  std::unique_ptr<merge::ColumnCursor> Live(
      size_t i, std::unique_ptr<merge::ColumnCursor> cursor) const {
    const auto vector = bucket_.deletion_vectors.find(files_[i].file_name);
    if (vector == bucket_.deletion_vectors.end()) return cursor;
    return LiveRowsCursor(std::move(cursor), vector->second, pool_);
  }

  static std::string KeyName(const std::string& name) {
    return std::string(types::kKeyFieldPrefix) + name;
  }
  bool IsPartitionColumn(const std::string& name) const {
    const auto& keys = schema().partition_keys;
    return std::find(keys.begin(), keys.end(), name) != keys.end();
  }
  static bool IsKeyColumn(const types::TableSchema& schema, const std::string& name) {
    const auto& keys = schema.primary_keys;
    return std::find(keys.begin(), keys.end(), name) != keys.end();
  }

  Status SelectRowsOfFile(size_t i, const RowFilter& filter) {
    const meta::DataFileMeta& file = files_[i];
    RowRanges ranges = {{0, file.row_count}};
    if (file.row_count == 0) ranges.clear();
    ARROW_ASSIGN_OR_RAISE(const auto written, SchemaOf(file));
    int64_t by_index = 0, by_groups = 0;
    if (filter.file_indexes) {
      ARROW_ASSIGN_OR_RAISE(
          const auto rows,
          index::SelectRowsOf({*bucket_.context, bucket_.paths, bucket_.partition_path,
                               bucket_.bucket, file, *bucket_.schema, *written},
                              *filter.predicate, index::IndexUse::kSelectRows));
      if (!rows.all) ranges = RangesOf(rows.rows);
      by_index = file.row_count - CountRows(ranges);
    }
    if (filter.row_groups && !ranges.empty()) {
      ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
      ARROW_ASSIGN_OR_RAISE(
          const RowRanges groups,
          RangesByGroups(reader.get(), *filter.predicate, [&](const std::string& column) {
            return Stored(*reader, *written, column);
          }));
      ranges = Intersect(ranges, groups);
      by_groups = file.row_count - by_index - CountRows(ranges);
    }
    if (filter.counters != nullptr) {
      filter.counters->rows += file.row_count;
      filter.counters->rows_by_index += by_index;
      filter.counters->rows_by_groups += by_groups;
    }
    if (by_index + by_groups == 0) return Status::OK();
    // Cursors answer live rows: ranges count what is left of the file.
    const auto vector = bucket_.deletion_vectors.find(file.file_name);
    ranges_[i] = vector == bucket_.deletion_vectors.end()
                     ? std::move(ranges)
                     : WithoutDeleted(ranges, vector->second);
    return Status::OK();
  }

  /// A column of today's schema as file statistics know it: nothing when its values are
  /// cast, or do not come from the file.
  std::optional<StoredColumn> Stored(const format::FileReader& reader,
                                     const types::TableSchema& written,
                                     const std::string& column) const {
    const int at = types::FieldIndex(schema().fields, column);
    if (at < 0 || IsPartitionColumn(column)) return std::nullopt;
    const DataField& field = schema().fields[static_cast<size_t>(at)];
    for (const DataField& stored : written.fields) {
      if (stored.id != field.id) continue;
      if (!stored.type.EqualsIgnoringNullable(field.type)) return std::nullopt;
      return StoredColumn{StoredName(reader, written, stored.name), stored.type};
    }
    return StoredColumn{"", field.type};
  }

  /// The name that a column has in a file, "" when it is not there. A key is stored
  /// twice; the copy among the key columns is the cheaper one to read.
  static std::string StoredName(const format::FileReader& reader,
                                const types::TableSchema& written,
                                const std::string& name) {
    const auto& names = reader.column_names();
    const auto holds = [&](const std::string& wanted) {
      return std::find(names.begin(), names.end(), wanted) != names.end();
    };
    if (IsKeyColumn(written, name) && holds(KeyName(name))) return KeyName(name);
    return holds(name) ? name : "";
  }

  Result<std::shared_ptr<const types::TableSchema>> SchemaOf(
      const meta::DataFileMeta& file) const {
    if (file.schema_id == schema().id || bucket_.schemas == nullptr) {
      TARN_CHECK(file.schema_id == schema().id, V("file", file.file_name));
      return bucket_.schema;
    }
    return bucket_.schemas->Get(file.schema_id);
  }

  /// The open file; opened at most once while some cursor stands in it.
  Result<std::shared_ptr<format::FileReader>> Open(size_t i) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::shared_ptr<format::FileReader> reader = opened_[i].lock();
    if (reader == nullptr) {
      ARROW_ASSIGN_OR_RAISE(reader, OpenNow(files_[i]));
      opened_[i] = reader;
    }
    latest_ = reader;
    return reader;
  }

  Result<std::shared_ptr<format::FileReader>> OpenNow(
      const meta::DataFileMeta& file) const {
    if (file.write_cols) {
      return Unsupported(6511, "Files that hold some columns of rows cannot be read yet:",
                         V("file", file.file_name),
                         V("option", "data-evolution.enabled"));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          file.external_path
                              ? bucket_.paths.ExternalFile(*file.external_path)
                              : bucket_.paths.DataFile(bucket_.partition_path,
                                                       bucket_.bucket, file.file_name));
    ARROW_ASSIGN_OR_RAISE(format::ReaderOptions reading,
                          ReaderOptionsOf(options::Options(schema().options)));
    // Text states no schema: its lines hold the columns of the schema it was written
    // with.
    ARROW_ASSIGN_OR_RAISE(const auto data_schema, SchemaOf(file));
    const format::FileShape shape{data_schema->fields, schema().options};
    reading.shape = &shape;
    ARROW_ASSIGN_OR_RAISE(
        std::shared_ptr<format::FileReader> reader,
        format::OpenFile(*bucket_.context, path, file.file_size, reading));
    if (reader->num_rows() != file.row_count) {
      return Corruption(7510, "File has another number of rows than its metadata states:",
                        V("file", path), V("rows", reader->num_rows()),
                        V("stated", file.row_count));
    }
    return reader;
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenNulls(size_t i, const DataType& type) {
    ARROW_ASSIGN_OR_RAISE(const auto arrow_type, types::ToArrow(type));
    ARROW_ASSIGN_OR_RAISE(auto value, arrow::MakeArrayOfNull(arrow_type, 1, pool_));
    return RepeatCursor(std::move(value), LiveRows(i), pool_);
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenPartition(size_t i,
                                                             const DataField& field) {
    ARROW_ASSIGN_OR_RAISE(const auto fields, schema().FieldsOf(schema().partition_keys));
    ARROW_ASSIGN_OR_RAISE(auto values,
                          meta::DecodeStoredRows({bucket_.partition}, fields));
    const int position = types::FieldIndex(fields, field.name);
    TARN_CHECK(position >= 0);
    return RepeatCursor(std::move(values[static_cast<size_t>(position)]), LiveRows(i),
                        pool_);
  }

  const ReadBucket bucket_;
  const std::vector<meta::DataFileMeta> files_;
  arrow::MemoryPool* const pool_;
  std::vector<std::optional<RowRanges>> ranges_;  ///< per file, if not all its rows
  std::mutex mutex_;
  std::vector<std::weak_ptr<format::FileReader>> opened_;
  /// Columns of one file are opened one after another: its footer is read once for them.
  std::shared_ptr<format::FileReader> latest_;
};

class FileRun final : public merge::SortedRun {
 public:
  explicit FileRun(std::shared_ptr<RunFiles> files) : files_(std::move(files)) {
    for (size_t i = 0; i < files_->files().size(); ++i) {
      file_rows_.push_back(files_->RowsOf(i));
      rows_ += file_rows_.back();
    }
  }

  int64_t num_rows() const override { return rows_; }
  int32_t level() const override {
    return files_->files().empty() ? 0 : files_->files()[0].level;
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override {
    const auto& fields = files_->schema().fields;
    TARN_CHECK(column >= 0 && column < static_cast<int>(fields.size()));
    ARROW_ASSIGN_OR_RAISE(auto type,
                          types::ToArrow(fields[static_cast<size_t>(column)].type));
    return Chain(
        [files = files_, column](size_t i) { return files->OpenColumn(i, column); },
        std::move(type));
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override {
    return Chain([files = files_](size_t i) { return files->OpenSequence(i); },
                 arrow::int64());
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override {
    if (!files_->schema().has_primary_key()) return nullptr;
    return Chain([files = files_](size_t i) { return files->OpenKind(i); },
                 arrow::int8());
  }

 private:
  std::unique_ptr<merge::ColumnCursor> Chain(
      std::function<Result<std::unique_ptr<merge::ColumnCursor>>(size_t)> open,
      std::shared_ptr<arrow::DataType> type) const {
    auto narrowed = [files = files_, open = std::move(open),
                     type](size_t i) -> Result<std::unique_ptr<merge::ColumnCursor>> {
      ARROW_ASSIGN_OR_RAISE(auto cursor, open(i));
      return files->Narrowed(i, std::move(cursor), type);
    };
    return ChainedCursor(file_rows_, std::move(narrowed), std::move(type),
                         files_->pool());
  }

  std::shared_ptr<RunFiles> files_;
  std::vector<int64_t> file_rows_;
  int64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<merge::SortedRun> OpenRun(ReadBucket bucket,
                                          std::vector<meta::DataFileMeta> files) {
  return std::make_unique<FileRun>(
      std::make_shared<RunFiles>(std::move(bucket), std::move(files)));
}

Result<std::unique_ptr<merge::SortedRun>> OpenFilteredRun(
    ReadBucket bucket, std::vector<meta::DataFileMeta> files, const RowFilter& filter) {
  auto run = std::make_shared<RunFiles>(std::move(bucket), std::move(files));
  ARROW_RETURN_NOT_OK(run->SelectRows(filter));
  return std::make_unique<FileRun>(std::move(run));
}

}  // namespace tarn::datafile
