// SPDX-License-Identifier: Apache-2.0
// An ORC file of any bytes, read as the columns of the seeds: tail, stripes, values,
// nanoseconds, skips.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"

namespace {

using tarn::Result;
using tarn::types::DataField;
using tarn::types::DataType;

/// The local file system with one more file: the input.
class OneFile final : public tarn::base::FileSystem {
 public:
  std::shared_ptr<arrow::Buffer> bytes;

  Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string&) override {
    return std::make_shared<arrow::io::BufferReader>(bytes);
  }
  Result<std::shared_ptr<arrow::io::OutputStream>> CreateOutput(
      const std::string&) override {
    return None();
  }
  Result<std::string> ReadAll(const std::string&, int64_t) override { return None(); }
  tarn::Status WriteAtomically(const std::string&, std::string_view) override {
    return None();
  }
  Result<tarn::base::CreateOutcome> CreateExclusively(const std::string&,
                                                      std::string_view, bool) override {
    return None();
  }
  tarn::Status Sync(const std::vector<std::string>&) override { return None(); }
  Result<std::vector<tarn::base::FileStatus>> List(const std::string&) override {
    return None();
  }
  Result<tarn::base::FileStatus> Stat(const std::string&) override { return None(); }
  Result<bool> Exists(const std::string&) override { return None(); }
  tarn::Status CreateDirectory(const std::string&) override { return None(); }
  tarn::Status Delete(const std::string&) override { return None(); }
  tarn::Status DeleteRecursively(const std::string&) override { return None(); }
  Result<std::shared_ptr<void>> Lock(const std::string&) override { return None(); }

 private:
  static tarn::Status None() { return tarn::Unsupported(6999, "Not in a fuzz target"); }
};

const std::vector<DataField>& Fields() {
  static const std::vector<DataField> fields = {
      {0, "id", DataType::Int().NotNull()},
      {1, "bo", DataType::Boolean()},
      {2, "ti", DataType::TinyInt()},
      {3, "bi", DataType::BigInt()},
      {4, "db", DataType::Double()},
      {5, "d38", DataType::Decimal(38, 18)},
      {6, "ch", DataType::Char(5)},
      {7, "st", DataType::String()},
      {8, "ts6", DataType::Timestamp(6)},
      {9, "lz3", DataType::LocalZonedTimestamp(3)},
      {10, "as", DataType::Array(DataType::String())},
      {11, "mp", DataType::Map(DataType::String(), DataType::Double())},
      {12, "rr",
       DataType::Row(
           {{200, "a",
             DataType::Array(DataType::Row({{100, "p", DataType::Timestamp(6)},
                                            {101, "q", DataType::Decimal(20, 5)}}))},
            {201, "m",
             DataType::Map(DataType::String(), DataType::Array(DataType::Int()))}})}};
  return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tarn;  // NOLINT
  static const auto files = std::make_shared<OneFile>();
  static const auto context = base::MakeSystemContext(files, int64_t{64} << 20);
  files->bytes = std::make_shared<arrow::Buffer>(data, static_cast<int64_t>(size));
  auto reader = format::OpenFile(*context, "fuzz.orc");
  if (!reader.ok()) return 0;
  for (const DataField& field : Fields()) {
    auto cursor = (*reader)->OpenColumn(field.name, field.type);
    if (!cursor.ok()) continue;
    int64_t left = std::min<int64_t>((*reader)->num_rows(), 2000);
    for (int64_t step = 7; left > 0; left -= step) {
      step = std::min<int64_t>(step * 2, left);
      if (step % 4 == 0 && (*cursor)->Skip(step).ok()) continue;
      auto array = (*cursor)->Read(step);
      if (!array.ok()) break;
      if (!(*array)->Validate().ok()) __builtin_trap();
    }
  }
  return 0;
}
