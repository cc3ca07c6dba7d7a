// SPDX-License-Identifier: Apache-2.0
// Hostile manifests, manifest lists and index manifests: whole files, and records under
// the schema of today. What is read is printed, merged and written back to the same
// bytes.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "tarn/base/context.h"
#include "tarn/format/avro_encoder.h"
#include "tarn/meta/dump.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/meta/manifest_codec.h"
#include "tarn/meta/manifest_file.h"
#include "tarn/meta/manifest_list.h"

namespace {

using tarn::Result;
using tarn::Status;

/// One file, whatever its path.
class OneFile final : public tarn::base::FileSystem {
 public:
  explicit OneFile(std::string bytes) : bytes_(std::move(bytes)) {}

  Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string&) override {
    return std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes_));
  }
  Result<std::shared_ptr<arrow::io::OutputStream>> CreateOutput(
      const std::string&) override {
    return No();
  }
  Result<std::string> ReadAll(const std::string&, int64_t) override { return bytes_; }
  Status WriteAtomically(const std::string&, std::string_view) override { return No(); }
  Result<tarn::base::CreateOutcome> CreateExclusively(const std::string&,
                                                      std::string_view, bool) override {
    return No();
  }
  Status Sync(const std::vector<std::string>&) override { return No(); }
  Result<std::vector<tarn::base::FileStatus>> List(const std::string&) override {
    return No();
  }
  Result<tarn::base::FileStatus> Stat(const std::string&) override { return No(); }
  Result<bool> Exists(const std::string&) override { return true; }
  Status CreateDirectory(const std::string&) override { return No(); }
  Status Delete(const std::string&) override { return No(); }
  Status DeleteRecursively(const std::string&) override { return No(); }
  Result<std::shared_ptr<void>> Lock(const std::string&) override { return No(); }

 private:
  static Status No() { return tarn::InternalError(1, "not in this test"); }
  const std::string bytes_;
};

/// A container of one uncompressed block.
std::string Container(std::string_view schema, int64_t records, std::string_view block) {
  const std::string marker(16, 'm');
  tarn::format::AvroEncoder out;
  out.WriteFixed(std::string_view("Obj\x01", 4));
  out.WriteCollectionStart(2);
  out.WriteBytes("avro.schema");
  out.WriteBytes(schema);
  out.WriteBytes("avro.codec");
  out.WriteBytes("null");
  out.WriteCollectionEnd();
  out.WriteFixed(marker);
  out.WriteLong(records);
  out.WriteBytes(block);
  out.WriteFixed(marker);
  return out.bytes();
}

tarn::meta::DumpSchemas Schemas() {
  using tarn::types::DataType;
  static const auto schema = [] {
    auto out = std::make_shared<tarn::types::TableSchema>();
    out->fields = {{0, "p", DataType::String()},
                   {1, "k", DataType::Decimal(20, 2).NotNull()},
                   {2, "t", DataType::Timestamp(6)},
                   {3, "a", DataType::Array(DataType::String())}};
    out->partition_keys = {"p"};
    out->primary_keys = {"p", "k"};
    return out;
  }();
  tarn::meta::DumpSchemas out;
  out.latest = schema;
  out.of = [](int64_t) { return schema; };
  return out;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

void ReadAs(int kind, const tarn::base::Context& context) {
  const auto schemas = Schemas();
  if (kind == 0) {
    auto entries = tarn::meta::ReadManifest(context, "f");
    if (!entries.ok()) return;
    Require(tarn::meta::DumpManifest(*entries, schemas).size() == entries->size());
    for (const auto& entry : *entries) {
      tarn::format::AvroEncoder once, twice;
      tarn::meta::EncodeDataFile(entry.file, &once);
      tarn::meta::EncodeDataFile(entry.file, &twice);
      Require(once.bytes() == twice.bytes());
      Require(!tarn::meta::IdentifierOf(entry).empty());
    }
    const size_t count = entries->size();
    const auto merged = tarn::meta::MergeEntries(*std::move(entries));
    Require(!merged.ok() || merged->size() <= count);
  } else if (kind == 1) {
    const auto metas = tarn::meta::ReadManifestList(context, "f");
    if (metas.ok()) tarn::meta::DumpManifestList(*metas, schemas);
  } else {
    const auto entries = tarn::meta::ReadIndexManifest(context, "f");
    if (entries.ok()) tarn::meta::DumpIndexManifest(*entries, schemas);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  tarn::base::Context context;
  if (bytes.starts_with("Obj\x01")) {
    context.files = std::make_shared<OneFile>(std::move(bytes));
    for (int kind = 0; kind < 3; ++kind) ReadAs(kind, context);
    return 0;
  }
  if (size < 2) return 0;
  // Records alone: the first byte says of which kind, the second how many.
  const int kind = data[0] % 2;
  const std::string_view schema =
      kind == 0 ? tarn::meta::ManifestAvroSchema() : tarn::meta::ManifestListAvroSchema();
  context.files = std::make_shared<OneFile>(
      Container(schema, data[1], std::string_view(bytes).substr(2)));
  ReadAs(kind, context);
  return 0;
}
