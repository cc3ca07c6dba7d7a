// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_writer.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "tarn/format/orc_column_writer.h"
#include "tarn/format/orc_statistics.h"
#include "tarn/format/orc_wire.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

constexpr std::string_view kMagic = "ORC";
constexpr uint64_t kWriterCpp = 1;      // encodes as ORC's C++ writer does
constexpr uint64_t kWriterVersion = 6;  // the first of that writer
constexpr uint64_t kJulianGregorian = 1;
// The size of a stripe is looked at after so many rows.
constexpr int64_t kStepRows = 4096;

std::string TypeMessage(const OrcType& type) {
  WireWriter out;
  out.Number(1, static_cast<uint64_t>(type.kind));
  WireWriter children;
  for (const uint32_t child : type.children) children.Varint(child);
  if (!type.children.empty()) out.Bytes(2, children.bytes());
  for (const std::string& name : type.names) out.Bytes(3, name);
  if (type.length > 0) out.Number(4, static_cast<uint64_t>(type.length));
  if (type.kind == OrcKind::kDecimal) {
    out.Number(5, static_cast<uint64_t>(type.precision));
    out.Number(6, static_cast<uint64_t>(type.scale));
  }
  if (!type.field_id.empty()) {
    WireWriter attribute;
    attribute.Bytes(1, "paimon.id");
    attribute.Bytes(2, type.field_id);
    out.Bytes(7, attribute.bytes());
  }
  return out.bytes();
}

std::string CountsMessage(const OrcColumnWriter::Counts& counts) {
  WireWriter out;
  out.Number(1, static_cast<uint64_t>(counts.values));
  out.Number(10, counts.has_null ? 1 : 0);
  return out.bytes();
}

std::string StripeMessage(const OrcStripe& stripe) {
  WireWriter out;
  out.Number(1, static_cast<uint64_t>(stripe.offset));
  out.Number(2, static_cast<uint64_t>(stripe.index_bytes));
  out.Number(3, static_cast<uint64_t>(stripe.data_bytes));
  out.Number(4, static_cast<uint64_t>(stripe.footer_bytes));
  out.Number(5, static_cast<uint64_t>(stripe.rows));
  return out.bytes();
}

class OrcWriter final : public FileWriter {
 public:
  OrcWriter(const base::Context& context, std::string path,
            std::vector<types::DataField> fields, const WriterOptions& options)
      : files_(context.files),
        clock_(context.clock),
        pool_(context.pool == nullptr ? arrow::default_memory_pool() : context.pool),
        path_(std::move(path)),
        fields_(std::move(fields)),
        options_(options) {}

  ~OrcWriter() override {
    if (finished_ || out_ == nullptr) return;
    // Nobody may find half a file; what cannot be removed is an orphan that cleaning
    // finds.
    out_->Abort().ok();
    files_->Delete(path_).ok();
  }

  Status Open() {
    ARROW_ASSIGN_OR_RAISE(compression_, OrcCompressionFromOption(options_.compression));
    column_options_.blocks.block_bytes = options_.orc_block_bytes;
    ARROW_ASSIGN_OR_RAISE(column_options_.blocks.codec,
                          OrcCodec(compression_, options_.zstd_level));
    column_options_.legacy_instants = options_.orc_legacy_instants;
    column_options_.clock = clock_.get();
    types_.emplace_back();
    for (const types::DataField& field : fields_) {
      types_[0].names.push_back(field.name);
      types_[0].children.push_back(static_cast<uint32_t>(types_.size()));
      ARROW_ASSIGN_OR_RAISE(auto column,
                            OrcColumnWriter::Make(field, column_options_, &types_));
      columns_.push_back(std::move(column));
      ARROW_ASSIGN_OR_RAISE(arrow_types_.emplace_back(), types::ToArrow(field.type));
      statistics_.emplace_back(
          field.type, OrcTimes(field.type, options_.orc_legacy_instants, clock_.get()));
    }
    ARROW_ASSIGN_OR_RAISE(out_, files_->CreateOutput(path_));
    return Append(kMagic);
  }

  Status Write(const arrow::RecordBatch& batch) override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = WriteBatch(batch);
    return failure_;
  }

  Result<int64_t> bytes_estimate() override {
    ARROW_RETURN_NOT_OK(failure_);
    return bytes_ + OpenStripeBytes();
  }

  Result<Finished> Finish() override {
    TARN_CHECK(!finished_);
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = WriteTail();
    ARROW_RETURN_NOT_OK(failure_);
    Finished out;
    for (const OrcStatistics& statistics : statistics_) {
      ARROW_ASSIGN_OR_RAISE(out.columns.emplace_back(), statistics.Finish(pool_));
    }
    failure_ = out_->Close();
    ARROW_RETURN_NOT_OK(failure_);
    finished_ = true;
    out.bytes = bytes_;
    out.rows = rows_;
    return out;
  }

 private:
  Status WriteBatch(const arrow::RecordBatch& batch) {
    TARN_CHECK(batch.num_columns() == static_cast<int>(fields_.size()));
    for (size_t i = 0; i < fields_.size(); ++i) {
      const auto& type = batch.column(static_cast<int>(i))->type();
      TARN_CHECK(type->id() == arrow_types_[i]->id(), V("column", fields_[i].name),
                 V("type", type->ToString()));
    }
    for (int64_t row = 0; row < batch.num_rows();) {
      const int64_t rows = std::min(kStepRows, batch.num_rows() - row);
      for (size_t i = 0; i < fields_.size(); ++i) {
        const auto array = batch.column(static_cast<int>(i))->Slice(row, rows);
        ARROW_RETURN_NOT_OK(columns_[i]->Add(*array, 0, rows));
        statistics_[i].Add(*array);
      }
      row += rows;
      rows_ += rows;
      stripe_rows_ += rows;
      if (OpenStripeBytes() >= options_.row_group_bytes) {
        ARROW_RETURN_NOT_OK(WriteStripe());
      }
    }
    return Status::OK();
  }

  int64_t OpenStripeBytes() const {
    int64_t out = 0;
    for (const auto& column : columns_) out += column->bytes();
    return out;
  }

  Status Append(std::string_view bytes) {
    bytes_ += static_cast<int64_t>(bytes.size());
    return out_->Write(bytes.data(), static_cast<int64_t>(bytes.size()));
  }

  Result<std::string> Compressed(std::string_view bytes) const {
    OrcChunkWriter chunks(column_options_.blocks);
    chunks.buffer().assign(bytes);
    return chunks.Finish();
  }

  Status WriteStripe() {
    if (stripe_rows_ == 0) return Status::OK();
    std::vector<OrcStoredStream> streams;
    std::vector<uint64_t> encodings = {0};  // of the root
    for (size_t i = 0; i < columns_.size(); ++i) {
      ARROW_RETURN_NOT_OK(columns_[i]->FinishStripe(&streams, &encodings));
      statistics_[i].EndStripe();
    }
    OrcStripe stripe;
    stripe.offset = bytes_;
    stripe.rows = stripe_rows_;
    WireWriter footer;
    for (const OrcStoredStream& stream : streams) {
      WireWriter message;
      message.Number(1, stream.kind);
      message.Number(2, stream.column);
      message.Number(3, stream.bytes.size());
      footer.Bytes(1, message.bytes());
      ARROW_RETURN_NOT_OK(Append(stream.bytes));
    }
    for (const uint64_t encoding : encodings) {
      WireWriter message;
      message.Number(1, encoding);
      footer.Bytes(2, message.bytes());
    }
    footer.Bytes(3, "UTC");
    stripe.data_bytes = bytes_ - stripe.offset;
    ARROW_ASSIGN_OR_RAISE(const std::string stored, Compressed(footer.bytes()));
    stripe.footer_bytes = static_cast<int64_t>(stored.size());
    ARROW_RETURN_NOT_OK(Append(stored));
    stripes_.push_back(stripe);
    stripe_rows_ = 0;
    return Status::OK();
  }

  Status WriteTail() {
    ARROW_RETURN_NOT_OK(WriteStripe());
    std::vector<OrcColumnWriter::Counts> counts = {{rows_, false}};
    for (const auto& column : columns_) column->AppendCounts(&counts);
    WireWriter footer;
    footer.Number(1, kMagic.size());
    footer.Number(2, static_cast<uint64_t>(bytes_));
    for (const OrcStripe& stripe : stripes_) footer.Bytes(3, StripeMessage(stripe));
    for (const OrcType& type : types_) footer.Bytes(4, TypeMessage(type));
    footer.Number(6, static_cast<uint64_t>(rows_));
    for (const auto& column : counts) footer.Bytes(7, CountsMessage(column));
    footer.Number(8, 0);  // no row index
    footer.Number(9, kWriterCpp);
    footer.Number(11, kJulianGregorian);
    footer.Bytes(12, "tarn");
    ARROW_ASSIGN_OR_RAISE(const std::string stored, Compressed(footer.bytes()));
    ARROW_RETURN_NOT_OK(Append(stored));
    WireWriter postscript;
    postscript.Number(1, stored.size());
    postscript.Number(2, static_cast<uint64_t>(compression_));
    if (column_options_.blocks.codec != nullptr) {
      postscript.Number(3, static_cast<uint64_t>(options_.orc_block_bytes));
    }
    postscript.Bytes(4, std::string_view("\x00\x0c", 2));  // version 0.12
    postscript.Number(5, 0);
    postscript.Number(6, kWriterVersion);
    postscript.Bytes(8000, kMagic);
    ARROW_RETURN_NOT_OK(Append(postscript.bytes()));
    const char length = static_cast<char>(postscript.bytes().size());
    return Append({&length, 1});
  }

  std::shared_ptr<base::FileSystem> files_;
  std::shared_ptr<base::Clock> clock_;
  arrow::MemoryPool* pool_;
  std::string path_;
  std::vector<types::DataField> fields_;
  WriterOptions options_;
  OrcCompression compression_ = OrcCompression::kNone;
  OrcColumnOptions column_options_;
  arrow::DataTypeVector arrow_types_;
  std::vector<OrcType> types_;
  std::vector<std::unique_ptr<OrcColumnWriter>> columns_;
  std::vector<OrcStatistics> statistics_;
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::vector<OrcStripe> stripes_;
  int64_t bytes_ = 0;
  int64_t rows_ = 0;
  int64_t stripe_rows_ = 0;
  Status failure_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<FileWriter>> CreateOrc(const base::Context& context,
                                              const std::string& path,
                                              const std::vector<types::DataField>& fields,
                                              const WriterOptions& options) {
  auto writer = std::make_unique<OrcWriter>(context, path, fields, options);
  ARROW_RETURN_NOT_OK(writer->Open());
  return writer;
}

}  // namespace tarn::format
