// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/bounded_source.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/cdc/decoder.h"
#include "tarn/stream/sources/file_source.h"
#include "tarn/types/arrow_types.h"

namespace tarn::sql {
namespace {

class DecodedReader final : public arrow::RecordBatchReader {
 public:
  DecodedReader(std::unique_ptr<stream::FileSource> files,
                std::unique_ptr<cdc::Decoder> decoder, std::vector<int> columns,
                std::shared_ptr<arrow::Schema> schema)
      : files_(std::move(files)),
        decoder_(std::move(decoder)),
        columns_(std::move(columns)),
        schema_(std::move(schema)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    while (!done_) {
      ARROW_ASSIGN_OR_RAISE(const auto lines, files_->Next());
      if (lines.empty()) {
        done_ = true;
        break;
      }
      ARROW_RETURN_NOT_OK(decoder_->DecodeLines(lines));
      ARROW_ASSIGN_OR_RAISE(cdc::DecodedBatch decoded, decoder_->Finish());
      const auto& rows = decoded.changes.rows;
      if (rows == nullptr || rows->num_rows() == 0) continue;
      for (const auto& absent : decoded.changes.absent) {
        if (absent != nullptr) {
          return Unsupported(6141,
                             "A batch query over cells that the source did not send");
        }
      }
      arrow::ArrayVector arrays;
      for (int column : columns_) arrays.push_back(rows->column(column));
      *batch = arrow::RecordBatch::Make(schema_, rows->num_rows(), std::move(arrays));
      return Status::OK();
    }
    return Status::OK();
  }

 private:
  std::unique_ptr<stream::FileSource> files_;
  std::unique_ptr<cdc::Decoder> decoder_;
  std::vector<int> columns_;
  std::shared_ptr<arrow::Schema> schema_;
  bool done_ = false;
};

class BoundedSource final : public ScanSource {
 public:
  BoundedSource(std::shared_ptr<base::Context> context, stream::SourceDefinition source)
      : context_(std::move(context)),
        source_(std::move(source)),
        fields_(source_.fields()) {}

  const std::vector<types::DataField>& fields() const override { return fields_; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns, const expr::PredicatePtr&) override {
    std::vector<int> indexes;
    std::vector<types::DataField> chosen;
    for (const std::string& column : columns) {
      indexes.push_back(types::FieldIndex(fields_, column));
      chosen.push_back(fields_[static_cast<size_t>(indexes.back())]);
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    ARROW_ASSIGN_OR_RAISE(auto files, stream::FileSource::Make(context_, source_.files));
    ARROW_ASSIGN_OR_RAISE(auto decoder,
                          cdc::Decoder::Make(context_->pool, source_.decoder));
    return std::make_shared<DecodedReader>(std::move(files), std::move(decoder),
                                           std::move(indexes), std::move(schema));
  }

  Result<std::string> Describe(const expr::PredicatePtr&) override {
    return "source=" + source_.name + " path=" + source_.files.path;
  }

 private:
  std::shared_ptr<base::Context> context_;
  stream::SourceDefinition source_;
  std::vector<types::DataField> fields_;
};

}  // namespace

Result<std::shared_ptr<ScanSource>> MakeBoundedSource(
    std::shared_ptr<base::Context> context, const stream::SourceDefinition& source) {
  if (source.decoder.format != cdc::MessageFormat::kJson) {
    return Unsupported(6140,
                       "A batch query over a change stream is not supported; INSERT it "
                       "into a table first:",
                       V("source", source.name));
  }
  return std::make_shared<BoundedSource>(std::move(context), source);
}

}  // namespace tarn::sql
