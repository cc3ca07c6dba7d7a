// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_reader.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "tarn/format/avro_blocks.h"
#include "tarn/format/avro_column.h"
#include "tarn/format/row_file.h"

namespace tarn::format {
namespace {

/// The record that a container holds; releases before 1.1 wrote it as a union with null.
/// nullptr: it holds none.
const AvroNode* RecordOf(const AvroNode& root) {
  if (root.kind == AvroKind::kRecord) return &root;
  if (root.kind != AvroKind::kUnion || root.items.size() != 2) return nullptr;
  if (root.items[0]->kind != AvroKind::kNull) return nullptr;
  return root.items[1]->kind == AvroKind::kRecord ? root.items[1] : nullptr;
}

/// The blocks of a container as rows of its root record.
class AvroRows final : public RowBlocks {
 public:
  AvroRows(std::unique_ptr<const AvroBlocks> blocks, arrow::MemoryPool* pool)
      : blocks_(std::move(blocks)),
        root_(RecordOf(blocks_->schema().root())),
        pool_(pool) {
    for (const AvroField& field : Root().fields) names_.push_back(field.name);
    for (const AvroBlocks::Place& place : blocks_->places()) {
      starts_.push_back(place.begin);
    }
    starts_.push_back(blocks_->records());
  }

  const std::vector<std::string>& names() const override { return names_; }
  const std::vector<int64_t>& starts() const override { return starts_; }

  Status Check(const RowColumn& column) override { return DecoderOf(column).status(); }

  Result<arrow::ArrayVector> Decode(size_t block, const std::vector<RowColumn>& columns,
                                    int64_t* bytes) override {
    // Of each stored field the columns that take it; more than one only when a file is
    // read as two types at once.
    std::vector<std::vector<AvroColumn*>> takers(names_.size());
    std::vector<std::unique_ptr<AvroColumn>> decoders;
    for (const RowColumn& column : columns) {
      ARROW_ASSIGN_OR_RAISE(decoders.emplace_back(), DecoderOf(column));
      takers[static_cast<size_t>(column.field)].push_back(decoders.back().get());
    }
    std::string body;
    ARROW_RETURN_NOT_OK(blocks_->Read(block, &body));
    *bytes = static_cast<int64_t>(body.size());
    ARROW_RETURN_NOT_OK(ReadRecords(blocks_->places()[block].records, body, takers));
    arrow::ArrayVector out;
    for (const auto& decoder : decoders) {
      ARROW_ASSIGN_OR_RAISE(auto values, decoder->Finish());
      out.push_back(std::move(values));
    }
    return out;
  }

 private:
  const AvroNode& Root() const { return *root_; }
  bool IsUnion() const { return root_ != &blocks_->schema().root(); }

  Result<std::unique_ptr<AvroColumn>> DecoderOf(const RowColumn& column) const {
    const AvroField& field = Root().fields[static_cast<size_t>(column.field)];
    return AvroColumn::Make(field.name, *field.type, column.type, pool_);
  }

  Status ReadRecords(int64_t records, std::string_view body,
                     const std::vector<std::vector<AvroColumn*>>& takers) const {
    AvroDecoder decoder(body);
    for (int64_t record = 0; record < records && decoder.ok(); ++record) {
      if (IsUnion() && decoder.ReadLong() != 1) {
        return Corruption(7558, "Avro file holds a record that is null");
      }
      for (size_t field = 0; field < takers.size(); ++field) {
        if (takers[field].empty()) {
          decoder.Skip(*Root().fields[field].type);
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

  const std::unique_ptr<const AvroBlocks> blocks_;
  const AvroNode* const root_;
  arrow::MemoryPool* const pool_;
  std::vector<std::string> names_;
  std::vector<int64_t> starts_;
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
  if (RecordOf(blocks->schema().root()) == nullptr) {
    return Corruption(7554, "Avro file holds no records:", V("file", path));
  }
  auto* pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  return MakeRowFileReader(path, pool,
                           std::make_unique<AvroRows>(std::move(blocks), pool));
}

}  // namespace tarn::format
