// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/data_file_reader.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <arrow/api.h>

#include "tarn/datafile/cursors.h"
#include "tarn/datafile/format_options.h"
#include "tarn/datafile/schema_mapping.h"
#include "tarn/format/column_file.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"

namespace tarn::datafile {
namespace {

using types::DataField;
using types::DataType;

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
        opened_(files_.size()) {}

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
    const auto& names = reader->column_names();
    const auto holds = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    // A key is stored twice; the copy among the key columns is the cheaper one to read.
    std::string name = stored->name;
    if (IsKeyColumn(*data_schema, name) && holds(KeyName(name))) name = KeyName(name);
    if (!holds(name)) return OpenNulls(i, field.type);
    ARROW_ASSIGN_OR_RAISE(auto mapping,
                          ColumnMapping::Make(field.name, stored->type, field.type));
    ARROW_ASSIGN_OR_RAISE(auto cursor, reader->OpenColumn(name, stored->type));
    return MappedCursor(std::move(cursor), std::move(mapping),
                        {pool_, bucket_.context->clock.get()});
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence(size_t i) {
    // With this option the commit's number stands in the metadata alone (Paimon
    // `KeyValueFileReaderFactory`).
    const options::Options options(schema().options);
    ARROW_ASSIGN_OR_RAISE(const bool by_snapshot,
                          options.Get(options::kSequenceSnapshotOrdering));
    if (by_snapshot && files_[i].file_source == meta::FileSource::kAppend) {
      ARROW_ASSIGN_OR_RAISE(
          auto value, arrow::MakeArrayFromScalar(
                          arrow::Int64Scalar(files_[i].min_sequence_number), 1, pool_));
      return RepeatCursor(std::move(value), files_[i].row_count, pool_);
    }
    ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
    return reader->OpenColumn(std::string(types::kSequenceNumberName), SequenceType());
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind(size_t i) {
    ARROW_ASSIGN_OR_RAISE(const auto reader, Open(i));
    return reader->OpenColumn(std::string(types::kValueKindName),
                              DataType::TinyInt().NotNull());
  }

 private:
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
    if (file.external_path) {
      return Unsupported(6510, "Data files outside the table cannot be read yet:",
                         V("file", file.file_name));
    }
    if (file.write_cols) {
      return Unsupported(6511, "Files that hold some columns of rows cannot be read yet:",
                         V("file", file.file_name),
                         V("option", "data-evolution.enabled"));
    }
    ARROW_ASSIGN_OR_RAISE(
        const std::string path,
        bucket_.paths.DataFile(bucket_.partition_path, bucket_.bucket, file.file_name));
    ARROW_ASSIGN_OR_RAISE(const format::ReaderOptions reading,
                          ReaderOptionsOf(options::Options(schema().options)));
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
    return RepeatCursor(std::move(value), files_[i].row_count, pool_);
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenPartition(size_t i,
                                                             const DataField& field) {
    ARROW_ASSIGN_OR_RAISE(const auto fields, schema().FieldsOf(schema().partition_keys));
    ARROW_ASSIGN_OR_RAISE(auto values,
                          meta::DecodeStoredRows({bucket_.partition}, fields));
    const int position = types::FieldIndex(fields, field.name);
    TARN_CHECK(position >= 0);
    return RepeatCursor(std::move(values[static_cast<size_t>(position)]),
                        files_[i].row_count, pool_);
  }

  const ReadBucket bucket_;
  const std::vector<meta::DataFileMeta> files_;
  arrow::MemoryPool* const pool_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<format::FileReader>> opened_;
  /// Columns of one file are opened one after another: its footer is read once for them.
  std::shared_ptr<format::FileReader> latest_;
};

class FileRun final : public merge::SortedRun {
 public:
  FileRun(ReadBucket bucket, std::vector<meta::DataFileMeta> files)
      : files_(std::make_shared<RunFiles>(std::move(bucket), std::move(files))) {
    for (const meta::DataFileMeta& file : files_->files()) {
      file_rows_.push_back(file.row_count);
      rows_ += file.row_count;
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
    return ChainedCursor(file_rows_, std::move(open), std::move(type), files_->pool());
  }

  std::shared_ptr<RunFiles> files_;
  std::vector<int64_t> file_rows_;
  int64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<merge::SortedRun> OpenRun(ReadBucket bucket,
                                          std::vector<meta::DataFileMeta> files) {
  return std::make_unique<FileRun>(std::move(bucket), std::move(files));
}

}  // namespace tarn::datafile
