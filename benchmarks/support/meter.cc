// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/support/meter.h"

#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

namespace tarn::benchmarks {
namespace {

constexpr int64_t kBatchRows = 8192;

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void RunOnce(const Pass& pass, bool counts, Measured* best) {
  const double wall = Seconds(CLOCK_MONOTONIC);
  const double cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID);
  const uint64_t checksum = ValueOf(pass());
  const double cpu_took = Seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  const double wall_took = Seconds(CLOCK_MONOTONIC) - wall;
  if (!counts) {
    best->checksum = checksum;
    return;
  }
  if (best->checksum != checksum) {
    CheckOk(InternalError(0, "A pass answered something else than the pass before it"));
  }
  if (best->cpu_seconds == 0 || cpu_took < best->cpu_seconds) {
    best->cpu_seconds = cpu_took;
    best->wall_seconds = wall_took;
  }
}

bool IsText(const arrow::Array& array) {
  return arrow::is_base_binary_like(array.type_id());
}

uint64_t Add(const arrow::Array& array, int64_t step) {
  uint64_t sum = static_cast<uint64_t>(array.null_count());
  if (IsText(array)) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(array);
    for (int64_t i = 0; i < array.length(); i += step) {
      if (texts.IsNull(i)) continue;
      for (const char c : texts.GetView(i)) sum += static_cast<uint8_t>(c);
    }
    return sum;
  }
  const auto& type = static_cast<const arrow::FixedWidthType&>(*array.type());
  const int width = type.bit_width() / 8;
  if (width == 0) return sum;
  const uint8_t* values = array.data()->buffers[1]->data() + array.offset() * width;
  for (int64_t i = 0; i < array.length(); i += step) {
    if (array.IsNull(i)) continue;
    uint64_t word = 0;
    std::memcpy(&word, values + i * width, std::min<size_t>(sizeof(word), width));
    sum += word;
  }
  return sum;
}

Result<uint64_t> AddAll(arrow::RecordBatchReader* reader, int64_t* rows, int64_t step) {
  uint64_t sum = 0;
  int64_t count = 0;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) break;
    count += batch->num_rows();
    for (const auto& column : batch->columns()) sum += Add(*column, step);
  }
  if (rows != nullptr) *rows = count;
  return sum;
}

Result<std::unique_ptr<parquet::arrow::FileReader>> OpenWithArrow(
    const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(input));
  parquet::ArrowReaderProperties properties;
  properties.set_batch_size(kBatchRows);
  properties.set_use_threads(false);
  properties.set_pre_buffer(false);
  builder.properties(properties);
  std::unique_ptr<parquet::arrow::FileReader> reader;
  ARROW_RETURN_NOT_OK(builder.Build(&reader));
  return reader;
}

}  // namespace

void MeasureInTurn(int passes, const Pass& ours, const Pass& limit, Measured* our_time,
                   Measured* limit_time) {
  for (int i = 0; i <= passes; ++i) {
    RunOnce(ours, i > 0, our_time);
    RunOnce(limit, i > 0, limit_time);
  }
}

void PrintBesideLimit(const std::string& name, int64_t rows, const Measured& ours,
                      const std::string& limit_name, const Measured& limit) {
  const double ns = 1e9 / static_cast<double>(rows);
  std::printf("%-36s %8.1f ns/row  checksum %016llx | %-28s %8.1f ns/row | %.2f of it\n",
              name.c_str(), ours.cpu_seconds * ns,
              static_cast<unsigned long long>(ours.checksum), limit_name.c_str(),
              limit.cpu_seconds * ns, limit.cpu_seconds / ours.cpu_seconds);
  std::fflush(stdout);
}

uint64_t ChecksumOf(const arrow::RecordBatch& batch) {
  uint64_t sum = 0;
  for (const auto& column : batch.columns()) sum += Add(*column, 1);
  return sum;
}

Result<uint64_t> ChecksumOf(arrow::RecordBatchReader* reader, int64_t* rows) {
  return AddAll(reader, rows, 1);
}

Result<uint64_t> TouchAll(arrow::RecordBatchReader* reader, int64_t* rows) {
  return AddAll(reader, rows, 512);
}

Result<uint64_t> ReadWithArrow(const std::vector<std::string>& files,
                               const std::vector<std::string>& columns, int64_t* rows) {
  uint64_t sum = 0;
  *rows = 0;
  for (const std::string& path : files) {
    ARROW_ASSIGN_OR_RAISE(auto reader, OpenWithArrow(path));
    std::vector<int> indices;
    std::shared_ptr<arrow::Schema> schema;
    ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
    for (int i = 0; i < schema->num_fields(); ++i) {
      const bool wanted =
          columns.empty() || std::find(columns.begin(), columns.end(),
                                       schema->field(i)->name()) != columns.end();
      if (wanted) indices.push_back(i);
    }
    std::vector<int> groups(static_cast<size_t>(reader->num_row_groups()));
    for (size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
    ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader(groups, indices));
    int64_t count = 0;
    ARROW_ASSIGN_OR_RAISE(const uint64_t part, TouchAll(batches.get(), &count));
    sum += part;
    *rows += count;
  }
  return sum;
}

Status WriteWithArrow(const arrow::Table& rows, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto out, arrow::io::FileOutputStream::Open(path));
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)->compression_level(1);
  builder.max_row_group_length(rows.num_rows());
  builder.disable_dictionary();
  ARROW_RETURN_NOT_OK(parquet::arrow::WriteTable(rows, arrow::default_memory_pool(), out,
                                                 rows.num_rows(), builder.build()));
  return out->Close();
}

Result<std::shared_ptr<arrow::Table>> ReadTable(const std::vector<std::string>& files) {
  std::vector<std::shared_ptr<arrow::Table>> tables;
  for (const std::string& path : files) {
    ARROW_ASSIGN_OR_RAISE(auto reader, OpenWithArrow(path));
    tables.emplace_back();
    ARROW_ASSIGN_OR_RAISE(tables.back(), reader->ReadTable());
  }
  return arrow::ConcatenateTables(tables);
}

bool IsSmall(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--small") == 0) return true;
  }
  return false;
}

std::string MakeFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "tarn-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    CheckOk(Unavailable(0, "No folder for the benchmark:", V("path", pattern)));
  }
  return pattern;
}

void RemoveFolder(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

void CheckOk(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

}  // namespace tarn::benchmarks
