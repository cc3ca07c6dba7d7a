// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_writer.h"

#include <algorithm>
#include <optional>

#include <arrow/api.h>

#include "tarn/base/units.h"
#include "tarn/format/avro_cells.h"
#include "tarn/format/avro_container.h"
#include "tarn/format/avro_row_schema.h"
#include "tarn/format/value_range.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

// Rows that are encoded at a time; their bytes are held twice.
constexpr int64_t kRowsAtOnce = 4096;
constexpr int kJavaZstandardLevel = 3;
constexpr int kDefaultDeflateLevel = -1;

/// What Java makes of the options (Avro `CodecFactory.fromString`): the table's level
/// goes with `file.compression` = zstd alone, other names are Avro's own.
Result<AvroWriter::Options> ContainerOptions(const WriterOptions& options) {
  AvroWriter::Options out;
  if (!options.avro_codec && base::ToLower(options.compression) == "zstd") {
    out.level = options.zstd_level;
    return out;
  }
  const std::string name = options.avro_codec.value_or(options.compression);
  constexpr std::string_view kKnown[] = {"null",      "deflate", "snappy",
                                         "zstandard", "bzip2",   "xz"};
  if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
    return InvalidInput(1554,
                        "Avro does not know this compression (no compression is null):",
                        V("compression", name));
  }
  ARROW_ASSIGN_OR_RAISE(out.codec, AvroCodecFromName(name));
  out.level =
      out.codec == AvroCodec::kDeflate ? kDefaultDeflateLevel : kJavaZstandardLevel;
  return out;
}

class AvroFileWriter final : public FileWriter {
 public:
  explicit AvroFileWriter(const std::vector<types::DataField>& fields, std::string path,
                          arrow::MemoryPool* pool)
      : fields_(fields), path_(std::move(path)), pool_(pool), nulls_(fields.size(), 0) {
    for (const types::DataField& field : fields_) {
      ranges_.emplace_back();
      if (ValueRange::Orders(field.type)) ranges_.back().emplace(field.type);
    }
  }

  Status Open(const base::Context& context, const WriterOptions& options) {
    ARROW_ASSIGN_OR_RAISE(arrow_schema_, types::ToArrow(fields_));
    ARROW_ASSIGN_OR_RAISE(const AvroWriter::Options container, ContainerOptions(options));
    ARROW_ASSIGN_OR_RAISE(const std::string schema, AvroSchemaOf(fields_));
    ARROW_ASSIGN_OR_RAISE(container_,
                          AvroWriter::Create(context, path_, schema, container));
    return Status::OK();
  }

  Status Write(const arrow::RecordBatch& batch) override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    TARN_CHECK(batch.num_columns() == static_cast<int>(fields_.size()));
    for (int64_t row = 0; row < batch.num_rows() && failure_.ok(); row += kRowsAtOnce) {
      failure_ = WriteRows(*batch.Slice(row, kRowsAtOnce));
    }
    return failure_;
  }

  Result<int64_t> bytes_estimate() override {
    ARROW_RETURN_NOT_OK(failure_);
    return container_->bytes_estimate();
  }

  Result<Finished> Finish() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    Finished out;
    ARROW_ASSIGN_OR_RAISE(out.bytes, container_->Finish());
    finished_ = true;
    out.rows = container_->records();
    for (size_t i = 0; i < fields_.size(); ++i) {
      ColumnStatistics column;
      column.null_count = nulls_[i];
      if (ranges_[i]) {
        ARROW_ASSIGN_OR_RAISE(column.min, ranges_[i]->Min(pool_));
        ARROW_ASSIGN_OR_RAISE(column.max, ranges_[i]->Max(pool_));
      }
      out.columns.push_back(std::move(column));
    }
    return out;
  }

 private:
  Status WriteRows(const arrow::RecordBatch& batch) {
    std::vector<AvroCells> columns;
    for (size_t i = 0; i < fields_.size(); ++i) {
      const auto array = batch.column(static_cast<int>(i));
      const auto& wanted = arrow_schema_->field(static_cast<int>(i))->type();
      TARN_CHECK(array->type_id() == wanted->id(), V("column", fields_[i].name),
                 V("type", array->type()->ToString()));
      ARROW_ASSIGN_OR_RAISE(auto cells,
                            EncodeAvroCells(fields_[i].name, fields_[i].type, *array));
      if (!cells.holes.empty()) {
        return InvalidInput(1555, "NULL in a column whose type does not allow it:",
                            V("column", fields_[i].name));
      }
      columns.push_back(std::move(cells));
      nulls_[i] += array->null_count();
      if (ranges_[i]) ranges_[i]->Add(*array);
    }
    AvroEncoder& encoder = container_->encoder();
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      for (const AvroCells& column : columns) encoder.WriteFixed(column.cell(row));
      ARROW_RETURN_NOT_OK(container_->EndRecord());
    }
    return Status::OK();
  }

  const std::vector<types::DataField> fields_;
  const std::string path_;
  arrow::MemoryPool* const pool_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  std::unique_ptr<AvroWriter> container_;
  std::vector<int64_t> nulls_;
  std::vector<std::optional<ValueRange>> ranges_;
  Status failure_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<FileWriter>> CreateAvro(
    const base::Context& context, const std::string& path,
    const std::vector<types::DataField>& fields, const WriterOptions& options) {
  auto* pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  auto writer = std::make_unique<AvroFileWriter>(fields, path, pool);
  ARROW_RETURN_NOT_OK(writer->Open(context, options));
  return writer;
}

}  // namespace tarn::format
