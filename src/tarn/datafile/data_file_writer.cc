// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/data_file_writer.h"

#include <algorithm>
#include <limits>
#include <map>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "tarn/datafile/file_statistics.h"
#include "tarn/datafile/write_settings.h"
#include "tarn/format/column_file.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/row_kind.h"

namespace tarn::datafile {
namespace {

// A file's size is looked at after so many rows (Paimon `CHECK_ROLLING_RECORD_CNT`),
// seldom while it is far from its target.
constexpr int64_t kCheckRows = 1000;
constexpr int64_t kFarCheckRows = 8000;
// Files are cut between groups: smaller files are cut after so many rows, as Java cuts.
constexpr int64_t kFileBytesOfGroups = int64_t{32} << 20;

/// One file being written, and what its metadata will need.
struct OpenFile {
  std::string name;
  std::string path;
  std::unique_ptr<format::FileWriter> writer;
  std::unique_ptr<index::FileIndexBuilder> index;  ///< if the table wants one
  int64_t rows = 0;
  int64_t bytes_estimate = 0;
  int64_t min_sequence = std::numeric_limits<int64_t>::max();
  int64_t max_sequence = std::numeric_limits<int64_t>::min();
  int64_t delete_rows = 0;
  std::string min_key;
  std::string max_key;
};

class RollingWriter final : public DataFileWriter {
 public:
  RollingWriter(WriteBucket bucket, WriteSettings settings, int32_t level,
                meta::FileSource source)
      : bucket_(std::move(bucket)),
        settings_(std::move(settings)),
        names_(bucket_.context->random.get()),
        level_(level),
        source_(source) {
    for (const types::DataField& field : settings_.key_fields) {
      key_types_.push_back(field.type);
    }
  }

  ~RollingWriter() override {
    if (finished_) return;
    open_.writer.reset();
    // What cannot be removed is an orphan that cleaning finds.
    (void)DeleteFiles(bucket_, done_);
  }

  Status Init() {
    ARROW_ASSIGN_OR_RAISE(physical_schema_, types::ToArrow(settings_.physical));
    return Status::OK();
  }

  Status Write(const arrow::RecordBatch& values, const int64_t* sequences,
               const uint8_t* kinds) override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    TARN_CHECK(values.num_columns() == static_cast<int>(bucket_.schema->fields.size()));
    failure_ = WriteAll(values, sequences, kinds);
    return failure_;
  }

  bool takes_columns() const override {
    return format::LaysOutColumns(settings_.format) && settings_.indexes.empty() &&
           settings_.file_bytes >= kFileBytesOfGroups &&
           settings_.file_rows == std::numeric_limits<int64_t>::max();
  }

  int64_t group_bytes() const override {
    return std::min(settings_.writer.row_group_bytes, settings_.file_bytes / 2);
  }

  Status WriteColumns(int64_t rows, const arrow::RecordBatch& sample,
                      const format::MakeColumn& make, const int64_t* sequences,
                      const uint8_t* kinds) override {
    TARN_CHECK(!finished_ && takes_columns() && rows > 0);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = WriteGroup(rows, sample, make, sequences, kinds);
    return failure_;
  }

  Result<int64_t> buffered_bytes() const override {
    ARROW_RETURN_NOT_OK(failure_);
    return open_.writer == nullptr ? 0 : open_.writer->buffered_bytes();
  }

  Status Flush() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    if (open_.writer != nullptr) failure_ = open_.writer->Flush();
    return failure_;
  }

  Result<std::vector<meta::DataFileMeta>> Finish() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = CloseFile();
    ARROW_RETURN_NOT_OK(failure_);
    finished_ = true;
    return std::move(done_);
  }

 private:
  Status WriteAll(const arrow::RecordBatch& values, const int64_t* sequences,
                  const uint8_t* kinds) {
    for (int64_t row = 0; row < values.num_rows();) {
      if (open_.writer == nullptr) ARROW_RETURN_NOT_OK(StartFile());
      const bool near_end = open_.bytes_estimate > settings_.file_bytes / 4 * 3 ||
                            settings_.file_bytes < (int64_t{1} << 20);
      const int64_t step = near_end ? kCheckRows : kFarCheckRows;
      const int64_t rows =
          std::min({step, values.num_rows() - row, settings_.file_rows - open_.rows});
      ARROW_RETURN_NOT_OK(WriteSlice(*values.Slice(row, rows), sequences + row,
                                     kinds == nullptr ? nullptr : kinds + row));
      row += rows;
      ARROW_ASSIGN_OR_RAISE(open_.bytes_estimate, open_.writer->bytes_estimate());
      if (open_.bytes_estimate >= settings_.file_bytes ||
          open_.rows >= settings_.file_rows) {
        ARROW_RETURN_NOT_OK(CloseFile());
      }
    }
    return Status::OK();
  }

  Status StartFile() {
    open_ = OpenFile();
    open_.name = names_.Next(settings_.name_prefix, settings_.name_extension);
    ARROW_ASSIGN_OR_RAISE(open_.path, bucket_.paths.DataFile(bucket_.partition_path,
                                                             bucket_.bucket, open_.name));
    ARROW_ASSIGN_OR_RAISE(
        open_.writer, format::CreateFile(*bucket_.context, open_.path, settings_.format,
                                         settings_.physical, settings_.writer));
    if (!settings_.indexes.empty()) {
      ARROW_ASSIGN_OR_RAISE(
          open_.index, index::FileIndexBuilder::Make(*bucket_.schema, settings_.indexes));
    }
    return Status::OK();
  }

  Status WriteSlice(const arrow::RecordBatch& values, const int64_t* sequences,
                    const uint8_t* kinds) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, Physical(values, sequences, kinds));
    ARROW_RETURN_NOT_OK(open_.writer->Write(*batch));
    if (open_.index != nullptr) ARROW_RETURN_NOT_OK(open_.index->Add(values));
    Observe(sequences, kinds, values.num_rows());
    return ObserveKeys(KeysOf(values));
  }

  Status WriteGroup(int64_t rows, const arrow::RecordBatch& sample,
                    const format::MakeColumn& make, const int64_t* sequences,
                    const uint8_t* kinds) {
    if (open_.writer == nullptr) ARROW_RETURN_NOT_OK(StartFile());
    ARROW_ASSIGN_OR_RAISE(
        const auto head,
        Physical(*sample.Slice(0, std::min(rows, sample.num_rows())), sequences, kinds));
    // Keys stand in the file as keys, and perhaps as values again.
    std::map<int, std::shared_ptr<arrow::Array>> keys;
    for (int column : settings_.key_columns) {
      ARROW_ASSIGN_OR_RAISE(keys[column], make(column));
    }
    const int first_value =
        physical_schema_->num_fields() - static_cast<int>(bucket_.schema->fields.size());
    const auto make_physical = [&](int field) -> Result<std::shared_ptr<arrow::Array>> {
      if (field >= first_value) {
        const auto key = keys.find(field - first_value);
        return key == keys.end() ? make(field - first_value) : key->second;
      }
      if (field == first_value - 1) return KindArray(kinds, rows);
      if (field == first_value - 2) return SequenceArray(sequences, rows);
      return keys[settings_.key_columns[static_cast<size_t>(field)]];
    };
    ARROW_RETURN_NOT_OK(open_.writer->WriteColumns(rows, *head, make_physical));
    Observe(sequences, kinds, rows);
    arrow::ArrayVector key_columns;
    for (int column : settings_.key_columns) key_columns.push_back(keys[column]);
    ARROW_RETURN_NOT_OK(ObserveKeys(key_columns));
    ARROW_ASSIGN_OR_RAISE(open_.bytes_estimate, open_.writer->bytes_estimate());
    return open_.bytes_estimate >= settings_.file_bytes ? CloseFile() : Status::OK();
  }

  /// The columns as they stand in the file.
  Result<std::shared_ptr<arrow::RecordBatch>> Physical(const arrow::RecordBatch& values,
                                                       const int64_t* sequences,
                                                       const uint8_t* kinds) {
    const int64_t rows = values.num_rows();
    arrow::ArrayVector columns;
    if (settings_.has_key_columns) columns = KeysOf(values);
    if (!settings_.key_fields.empty()) {
      columns.push_back(SequenceArray(sequences, rows));
      ARROW_ASSIGN_OR_RAISE(auto kind_values, KindArray(kinds, rows));
      columns.push_back(std::move(kind_values));
    }
    for (const auto& column : values.columns()) columns.push_back(column);
    return arrow::RecordBatch::Make(physical_schema_, rows, std::move(columns));
  }

  arrow::ArrayVector KeysOf(const arrow::RecordBatch& values) const {
    arrow::ArrayVector keys;
    for (int column : settings_.key_columns) keys.push_back(values.column(column));
    return keys;
  }

  static std::shared_ptr<arrow::Array> SequenceArray(const int64_t* sequences,
                                                     int64_t rows) {
    return std::make_shared<arrow::Int64Array>(
        rows, arrow::Buffer::Wrap(sequences, static_cast<size_t>(rows)));
  }

  Result<std::shared_ptr<arrow::Array>> KindArray(const uint8_t* kinds, int64_t rows) {
    if (kinds != nullptr) {
      return std::make_shared<arrow::Int8Array>(
          rows, std::make_shared<arrow::Buffer>(kinds, rows));
    }
    return arrow::MakeArrayFromScalar(arrow::Int8Scalar(0), rows, bucket_.context->pool);
  }

  void Observe(const int64_t* sequences, const uint8_t* kinds, int64_t rows) {
    const auto [min, max] = std::minmax_element(sequences, sequences + rows);
    open_.min_sequence = std::min(open_.min_sequence, *min);
    open_.max_sequence = std::max(open_.max_sequence, *max);
    open_.rows += rows;
    if (kinds == nullptr) return;
    for (int64_t i = 0; i < rows; ++i) {
      open_.delete_rows +=
          types::IsRetract(static_cast<types::RowKind>(kinds[i])) ? 1 : 0;
    }
  }

  Status ObserveKeys(const arrow::ArrayVector& keys) {
    if (settings_.key_fields.empty()) {
      open_.min_key = types::SerializeBinaryRow(0, types::EmptyBinaryRow());
      open_.max_key = open_.min_key;
      return Status::OK();
    }
    const auto arity = static_cast<int32_t>(keys.size());
    if (open_.min_key.empty()) {
      ARROW_ASSIGN_OR_RAISE(const std::string row,
                            types::EncodeBinaryRow(keys, 0, key_types_));
      open_.min_key = types::SerializeBinaryRow(arity, row);
    }
    ARROW_ASSIGN_OR_RAISE(
        const std::string row,
        types::EncodeBinaryRow(keys, keys[0]->length() - 1, key_types_));
    open_.max_key = types::SerializeBinaryRow(arity, row);
    return Status::OK();
  }

  Status CloseFile() {
    if (open_.writer == nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(format::FileWriter::Finished finished, open_.writer->Finish());
    open_.writer.reset();
    meta::DataFileMeta file;
    file.file_name = open_.name;
    done_.push_back(file);  // from here on the destructor removes it
    file.file_size = finished.bytes;
    file.row_count = finished.rows;
    file.min_key = open_.min_key;
    file.max_key = open_.max_key;
    file.min_sequence_number = open_.min_sequence;
    file.max_sequence_number = open_.max_sequence;
    file.schema_id = bucket_.schema->id;
    file.level = level_;
    base::Clock& clock = *bucket_.context->clock;
    const int64_t now = clock.NowMillis();
    file.creation_time_millis = now + clock.LocalOffsetMillis(now);
    file.delete_row_count = open_.delete_rows;
    file.file_source = source_;
    ARROW_RETURN_NOT_OK(AddStatistics(finished.columns, &file));
    ARROW_RETURN_NOT_OK(AddIndex(&file));
    done_.back() = std::move(file);
    return Status::OK();
  }

  /// A small index goes into the manifest, another beside the file.
  Status AddIndex(meta::DataFileMeta* file) {
    if (open_.index == nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(std::string bytes, open_.index->Finish());
    open_.index.reset();
    if (static_cast<int64_t>(bytes.size()) <= settings_.index_in_manifest_bytes) {
      file->embedded_file_index = std::move(bytes);
      return Status::OK();
    }
    file->extra_files.push_back(open_.name + ".index");
    done_.back().extra_files = file->extra_files;
    ARROW_ASSIGN_OR_RAISE(auto out,
                          bucket_.context->files->CreateOutput(open_.path + ".index"));
    ARROW_RETURN_NOT_OK(out->Write(bytes));
    return out->Close();
  }

  Status AddStatistics(const std::vector<format::ColumnStatistics>& columns,
                       meta::DataFileMeta* file) const {
    const std::vector<types::DataField>& fields = bucket_.schema->fields;
    const size_t system = columns.size() - fields.size();
    std::vector<format::ColumnStatistics> values;
    for (size_t i = 0; i < fields.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(
          auto column,
          ApplyStatsMode(columns[system + i], fields[i].type, settings_.value_modes[i]));
      values.push_back(std::move(column));
    }
    std::vector<format::ColumnStatistics> keys;
    for (size_t i = 0; i < settings_.key_fields.size(); ++i) {
      if (!settings_.has_key_columns) {
        keys.push_back(values[static_cast<size_t>(settings_.key_columns[i])]);
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(
          auto key, ApplyStatsMode(columns[i], key_types_[i], settings_.key_modes[i]));
      keys.push_back(std::move(key));
    }
    ARROW_ASSIGN_OR_RAISE(file->key_stats, StoreStatistics(keys, settings_.key_fields));
    if (!settings_.dense_statistics) {
      ARROW_ASSIGN_OR_RAISE(file->value_stats, StoreStatistics(values, fields));
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(DenseStatistics dense, StoreDenseStatistics(values, fields));
    file->value_stats = std::move(dense.stats);
    file->value_stats_cols = std::move(dense.columns);
    return Status::OK();
  }

  WriteBucket bucket_;
  WriteSettings settings_;
  io::FileNames names_;
  int32_t level_;
  meta::FileSource source_;
  std::vector<types::DataType> key_types_;
  std::shared_ptr<arrow::Schema> physical_schema_;
  OpenFile open_;
  std::vector<meta::DataFileMeta> done_;
  Status failure_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<DataFileWriter>> DataFileWriter::Make(WriteBucket bucket,
                                                             int32_t level,
                                                             meta::FileSource source,
                                                             FileUse use) {
  ARROW_ASSIGN_OR_RAISE(WriteSettings settings,
                        WriteSettings::Make(*bucket.schema, level, source, use));
  auto writer = std::make_unique<RollingWriter>(std::move(bucket), std::move(settings),
                                                level, source);
  ARROW_RETURN_NOT_OK(writer->Init());
  return writer;
}

Status DeleteFiles(const WriteBucket& bucket,
                   const std::vector<meta::DataFileMeta>& files) {
  Status first;
  const auto remove = [&](const std::string& name) -> Status {
    ARROW_ASSIGN_OR_RAISE(
        const std::string path,
        bucket.paths.DataFile(bucket.partition_path, bucket.bucket, name));
    return bucket.context->files->Delete(path);
  };
  for (const meta::DataFileMeta& file : files) {
    if (file.external_path) {
      first = Unsupported(
          6503, "Files outside the table are not deleted:", V("file", file.file_name));
      continue;
    }
    std::vector<std::string> names = file.extra_files;
    names.push_back(file.file_name);
    for (const std::string& name : names) {
      const Status status = remove(name);
      if (first.ok()) first = status;
    }
  }
  return first;
}

}  // namespace tarn::datafile
