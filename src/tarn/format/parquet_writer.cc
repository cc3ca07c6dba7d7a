// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_writer.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>

#include "tarn/format/parquet_guard.h"
#include "tarn/format/parquet_int96.h"
#include "tarn/format/parquet_levels.h"
#include "tarn/format/parquet_options.h"
#include "tarn/format/parquet_schema.h"
#include "tarn/format/parquet_values.h"
#include "tarn/format/value_range.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

class ParquetWriter final : public FileWriter {
 public:
  ParquetWriter(const base::Context& context, std::string path,
                std::vector<types::DataField> fields, const WriterOptions& options)
      : files_(context.files),
        pool_(context.pool == nullptr ? arrow::default_memory_pool() : context.pool),
        path_(std::move(path)),
        fields_(std::move(fields)),
        options_(options),
        arrow_properties_(parquet::ArrowWriterProperties::Builder().build()) {}

  ~ParquetWriter() override {
    if (finished_ || out_ == nullptr) return;
    // Nobody may find half a file; what cannot be removed is an orphan that cleaning
    // finds.
    writer_.reset();
    out_->Abort().ok();
    files_->Delete(path_).ok();
  }

  Status Open() {
    ARROW_ASSIGN_OR_RAISE(arrow_schema_, types::ToArrow(fields_));
    ARROW_ASSIGN_OR_RAISE(schema_, ParquetSchemaOf(fields_));
    nulls_.resize(fields_.size(), 0);
    for (const types::DataField& field : fields_) {
      ranges_.emplace_back();
      if (ValueRange::Follows(field.type)) ranges_.back().emplace(field.type);
    }
    // A codec that nobody can read is refused before a file exists.
    ARROW_RETURN_NOT_OK(ParquetPropertiesOf(fields_, options_, nullptr, pool_).status());
    ARROW_ASSIGN_OR_RAISE(out_, files_->CreateOutput(path_));
    return Status::OK();
  }

  Status Write(const arrow::RecordBatch& batch) override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = GuardParquet(path_, [&] { return WriteBatch(batch); });
    return failure_;
  }

  Status WriteColumns(int64_t rows, const arrow::RecordBatch& sample,
                      const MakeColumn& make) override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = GuardParquet(path_, [&]() -> Status {
      ARROW_RETURN_NOT_OK(OpenWriter(&sample));
      return WriteGroup(rows, make);
    });
    return failure_;
  }

  Result<int64_t> bytes_estimate() override {
    ARROW_RETURN_NOT_OK(failure_);
    ARROW_ASSIGN_OR_RAISE(const int64_t written, out_->Tell());
    return written + OpenGroupBytes();
  }

  int64_t buffered_bytes() const override { return OpenGroupBytes(); }

  Status Flush() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = GuardParquet(path_, [&]() -> Status {
      CloseGroup();
      return Status::OK();
    });
    return failure_;
  }

  Result<Finished> Finish() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    Finished out;
    failure_ = GuardParquet(path_, [&]() -> Status {
      ARROW_RETURN_NOT_OK(OpenWriter(nullptr));
      writer_->Close();
      ARROW_ASSIGN_OR_RAISE(out.bytes, out_->Tell());
      ARROW_RETURN_NOT_OK(out_->Close());
      out.rows = rows_;
      return CollectStatistics(*writer_->metadata(), &out.columns);
    });
    ARROW_RETURN_NOT_OK(failure_);
    finished_ = true;
    return out;
  }

 private:
  Status OpenWriter(const arrow::RecordBatch* sample) {
    if (writer_ != nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto properties,
                          ParquetPropertiesOf(fields_, options_, sample, pool_));
    writer_ = parquet::ParquetFileWriter::Open(out_, schema_, std::move(properties));
    context_.emplace(pool_, arrow_properties_.get());
    return Status::OK();
  }

  Status WriteBatch(const arrow::RecordBatch& batch) {
    TARN_CHECK(batch.num_columns() == static_cast<int>(fields_.size()));
    if (batch.num_rows() == 0) return Status::OK();
    ARROW_RETURN_NOT_OK(OpenWriter(&batch));
    if (group_ != nullptr && OpenGroupBytes() >= options_.row_group_bytes) CloseGroup();
    if (group_ == nullptr) group_ = writer_->AppendBufferedRowGroup();
    int leaf = 0;
    for (int i = 0; i < batch.num_columns(); ++i) {
      ARROW_RETURN_NOT_OK(
          WriteColumn(i, batch.column(i), [&] { return group_->column(leaf++); }));
    }
    rows_ += batch.num_rows();
    return Status::OK();
  }

  /// A row group of its own: its pages go into the file as they are full.
  Status WriteGroup(int64_t rows, const MakeColumn& make) {
    CloseGroup();
    group_ = writer_->AppendRowGroup();
    for (int i = 0; i < arrow_schema_->num_fields(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const auto array, make(i));
      TARN_CHECK(array->length() == rows, V("column", fields_[i].name));
      ARROW_RETURN_NOT_OK(WriteColumn(i, array, [&] { return group_->NextColumn(); }));
    }
    CloseGroup();
    rows_ += rows;
    return Status::OK();
  }

  template <typename NextLeaf>
  Status WriteColumn(int i, const std::shared_ptr<arrow::Array>& array, NextLeaf next) {
    const types::DataField& field = fields_[i];
    TARN_CHECK(array->type_id() == arrow_schema_->field(i)->type()->id(),
               V("column", field.name), V("type", array->type()->ToString()));
    const std::function<Status(const LeafColumn&)> write = [&](const LeafColumn& leaf) {
      parquet::ColumnWriter* column = next();
      if (column->type() == parquet::Type::INT96) return WriteInt96(leaf, column);
      return column->WriteArrow(leaf.definition, leaf.repetition, leaf.count,
                                *leaf.values, &*context_, leaf.nullable);
    };
    ARROW_RETURN_NOT_OK(ForEachLeaf(field.name, field.type, array, pool_, write));
    nulls_[i] += array->null_count();
    if (ranges_[i]) ranges_[i]->Add(*array);
    return Status::OK();
  }

  void CloseGroup() {
    if (group_ != nullptr) group_->Close();
    group_ = nullptr;
  }

  int64_t OpenGroupBytes() const {
    if (group_ == nullptr) return 0;
    const auto open = group_->estimated_buffered_stats();
    return group_->total_compressed_bytes() + group_->total_compressed_bytes_written() +
           open.def_level_bytes + open.rep_level_bytes + open.value_bytes +
           open.dict_bytes;
  }

  Status CollectStatistics(const parquet::FileMetaData& metadata,
                           std::vector<ColumnStatistics>* out) const {
    const parquet::schema::GroupNode& root = *metadata.schema()->group_node();
    for (size_t i = 0; i < fields_.size(); ++i) {
      ColumnStatistics column;
      const parquet::schema::Node& node = *root.field(static_cast<int>(i));
      // Java finds statistics under a top-level column's own name: nested ones have none.
      if (node.is_primitive()) {
        column.null_count = nulls_[i];
        if (ranges_[i]) {
          ARROW_ASSIGN_OR_RAISE(column.min, ranges_[i]->Min(pool_));
          ARROW_ASSIGN_OR_RAISE(column.max, ranges_[i]->Max(pool_));
        } else {
          ARROW_RETURN_NOT_OK(MergeBounds(metadata, metadata.schema()->ColumnIndex(node),
                                          fields_[i].type, &column));
        }
      }
      out->push_back(std::move(column));
    }
    return Status::OK();
  }

  /// Minimum and maximum of a column over the row groups.
  Status MergeBounds(const parquet::FileMetaData& metadata, int column,
                     const types::DataType& type, ColumnStatistics* out) const {
    const parquet::ColumnDescriptor& descriptor = *metadata.schema()->Column(column);
    std::string min;
    std::string max;
    bool any = false;
    for (int i = 0; i < metadata.num_row_groups(); ++i) {
      const auto chunk = metadata.RowGroup(i)->ColumnChunk(column);
      const auto statistics = chunk->statistics();
      if (statistics == nullptr) return Status::OK();
      if (statistics->null_count() == chunk->num_values()) continue;
      if (!statistics->HasMinMax()) return Status::OK();
      if (!any || Less(descriptor, statistics->EncodeMin(), min)) {
        min = statistics->EncodeMin();
      }
      if (!any || Less(descriptor, max, statistics->EncodeMax())) {
        max = statistics->EncodeMax();
      }
      any = true;
    }
    if (!any) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(out->min, StatisticsValue(descriptor, type, min, pool_));
    ARROW_ASSIGN_OR_RAISE(out->max, StatisticsValue(descriptor, type, max, pool_));
    return Status::OK();
  }

  template <typename Int>
  static Int Number(const std::string& plain) {
    Int value = 0;
    std::memcpy(&value, plain.data(), std::min(sizeof(value), plain.size()));
    return value;
  }

  /// Order of two plain-encoded values.
  static bool Less(const parquet::ColumnDescriptor& descriptor, const std::string& a,
                   const std::string& b) {
    switch (descriptor.physical_type()) {
      case parquet::Type::INT32:
        return Number<int32_t>(a) < Number<int32_t>(b);
      case parquet::Type::INT64:
        return Number<int64_t>(a) < Number<int64_t>(b);
      case parquet::Type::FIXED_LEN_BYTE_ARRAY:
        // Decimals: two's complement differs from unsigned bytes in the sign bit.
        if (a.empty() || b.empty() || (a[0] < 0) == (b[0] < 0)) return a < b;
        return a[0] < 0;
      default:
        return a < b;
    }
  }

  std::shared_ptr<base::FileSystem> files_;
  arrow::MemoryPool* pool_;
  std::string path_;
  std::vector<types::DataField> fields_;
  WriterOptions options_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  std::shared_ptr<parquet::schema::GroupNode> schema_;
  std::shared_ptr<parquet::ArrowWriterProperties> arrow_properties_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::unique_ptr<parquet::ParquetFileWriter> writer_;
  std::optional<parquet::ArrowWriteContext> context_;
  parquet::RowGroupWriter* group_ = nullptr;
  std::vector<std::optional<ValueRange>> ranges_;
  std::vector<int64_t> nulls_;  ///< INT96 columns have no footer statistics to count them
  int64_t rows_ = 0;
  Status failure_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<FileWriter>> CreateParquet(
    const base::Context& context, const std::string& path,
    const std::vector<types::DataField>& fields, const WriterOptions& options) {
  auto writer = std::make_unique<ParquetWriter>(context, path, fields, options);
  ARROW_RETURN_NOT_OK(writer->Open());
  return writer;
}

}  // namespace tarn::format
