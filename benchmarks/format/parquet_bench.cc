// SPDX-License-Identifier: Apache-2.0
// Reading and writing one Parquet file through cursors and writer, beside Arrow's own
// reader and writer on the same rows: 11 BIGINT and 10 texts of 10 bytes (the shape of
// the tables in the merge benchmarks). Usage: parquet_bench [rows]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"

namespace tarn {
namespace {

constexpr int64_t kBatchRows = 8192;

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Thread time: what other programs do on the machine does not count.
double Seconds(const std::function<Status()>& work) {
  const double start = ThreadSeconds();
  const Status status = work();
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::exit(1);
  }
  return ThreadSeconds() - start;
}

std::vector<types::DataField> Fields() {
  std::vector<types::DataField> fields;
  for (int i = 0; i < 21; ++i) {
    const auto type = i < 11 ? types::DataType::BigInt() : types::DataType::String();
    fields.push_back({i, "c" + std::to_string(i), i == 0 ? type.NotNull() : type});
  }
  return fields;
}

Result<std::shared_ptr<arrow::RecordBatch>> Rows(int64_t rows) {
  std::mt19937_64 random(1);
  arrow::ArrayVector columns;
  for (int column = 0; column < 21; ++column) {
    if (column < 11) {
      arrow::Int64Builder builder;
      for (int64_t i = 0; i < rows; ++i) {
        ARROW_RETURN_NOT_OK(builder.Append(column == 0 ? i
                                           : column == 1
                                               ? i * 3
                                               : static_cast<int64_t>(random())));
      }
      columns.push_back(builder.Finish().ValueOrDie());
      continue;
    }
    arrow::StringBuilder builder;
    char text[10];
    for (int64_t i = 0; i < rows; ++i) {
      for (char& c : text) c = static_cast<char>('a' + random() % 26);
      ARROW_RETURN_NOT_OK(builder.Append(text, sizeof(text)));
    }
    columns.push_back(builder.Finish().ValueOrDie());
  }
  ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(Fields()));
  return arrow::RecordBatch::Make(schema, rows, columns);
}

uint64_t Checksum(const arrow::Array& array) {
  const auto& data = *array.data();
  uint64_t sum = static_cast<uint64_t>(array.length());
  if (array.type_id() == arrow::Type::INT64) {
    const auto& values = static_cast<const arrow::Int64Array&>(array);
    for (int64_t i = 0; i < array.length(); i += 512) {
      sum = sum * 31 + static_cast<uint64_t>(values.Value(i));
    }
  } else {
    const auto& values = static_cast<const arrow::StringArray&>(array);
    for (int64_t i = 0; i < array.length(); i += 512) {
      sum = sum * 31 + static_cast<uint8_t>(values.GetView(i)[0]);
    }
  }
  return sum + data.buffers.size();
}

Status ReadOurs(const base::Context& context, const std::string& path, int64_t skip_of_10,
                uint64_t* sum) {
  ARROW_ASSIGN_OR_RAISE(auto reader, format::OpenFile(context, path));
  std::vector<std::unique_ptr<merge::ColumnCursor>> cursors;
  for (const auto& field : Fields()) {
    ARROW_ASSIGN_OR_RAISE(cursors.emplace_back(),
                          reader->OpenColumn(field.name, field.type));
  }
  int64_t batch = 0;
  for (int64_t row = 0; row < reader->num_rows(); row += kBatchRows, ++batch) {
    const int64_t rows = std::min(kBatchRows, reader->num_rows() - row);
    for (auto& cursor : cursors) {
      if (batch % 10 < skip_of_10) {
        ARROW_RETURN_NOT_OK(cursor->Skip(rows));
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
      *sum += Checksum(*array);
    }
  }
  return Status::OK();
}

Status ReadArrow(const std::string& path, uint64_t* sum) {
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
  ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader());
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, batches->Next());
    if (batch == nullptr) return Status::OK();
    for (const auto& column : batch->columns()) *sum += Checksum(*column);
  }
}

Status WriteOurs(const base::Context& context, const std::string& path,
                 const arrow::RecordBatch& rows, const format::WriterOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        format::CreateFile(context, path, "parquet", Fields(), options));
  for (int64_t row = 0; row < rows.num_rows(); row += kBatchRows) {
    ARROW_RETURN_NOT_OK(writer->Write(*rows.Slice(row, kBatchRows)));
  }
  return writer->Finish().status();
}

Status WriteArrow(const std::string& path, const arrow::RecordBatch& rows,
                  bool dictionary) {
  ARROW_ASSIGN_OR_RAISE(auto out, arrow::io::FileOutputStream::Open(path));
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)->compression_level(1);
  if (!dictionary) builder.disable_dictionary();
  ARROW_ASSIGN_OR_RAISE(auto writer, parquet::arrow::FileWriter::Open(
                                         *rows.schema(), arrow::default_memory_pool(),
                                         out, builder.build()));
  ARROW_RETURN_NOT_OK(writer->NewBufferedRowGroup());
  for (int64_t row = 0; row < rows.num_rows(); row += kBatchRows) {
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*rows.Slice(row, kBatchRows)));
  }
  ARROW_RETURN_NOT_OK(writer->Close());
  return out->Close();
}

void Report(const char* name, double seconds, int64_t rows, uint64_t sum) {
  std::printf("%-28s %8.1f ns/row  checksum %016llx\n", name,
              seconds * 1e9 / static_cast<double>(rows),
              static_cast<unsigned long long>(sum));
}

int Main(int argc, char** argv) {
  const int64_t rows = argc > 1 ? std::atoll(argv[1]) : 100000;
  auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  const auto batch = Rows(rows).ValueOrDie();
  const std::string folder = "/tmp/tarn-parquet-bench-" + context->random->Uuid();
  const std::string ours = folder + "/ours.parquet";
  const std::string plain = folder + "/plain.parquet";
  if (!context->files->CreateDirectory(folder).ok()) return 1;
  format::WriterOptions options;
  Report("write", Seconds([&] { return WriteOurs(*context, ours, *batch, options); }),
         rows, 0);
  options.ascending = {"c0", "c1"};
  Report("write, two ascending",
         Seconds([&] { return WriteOurs(*context, plain, *batch, options); }), rows, 0);
  Report("write, Arrow",
         Seconds([&] { return WriteArrow(folder + "/arrow.parquet", *batch, true); }),
         rows, 0);
  Report("write, Arrow no dictionary",
         Seconds([&] { return WriteArrow(folder + "/arrow2.parquet", *batch, false); }),
         rows, 0);
  for (int round = 0; round < 3; ++round) {
    uint64_t sum = 0;
    double seconds = Seconds([&] { return ReadOurs(*context, ours, 0, &sum); });
    Report("read", seconds, rows, sum);
    sum = 0;
    seconds = Seconds([&] { return ReadArrow(ours, &sum); });
    Report("read, Arrow", seconds, rows, sum);
    sum = 0;
    seconds = Seconds([&] { return ReadOurs(*context, plain, 0, &sum); });
    Report("read, two ascending", seconds, rows, sum);
    sum = 0;
    seconds = Seconds([&] { return ReadOurs(*context, ours, 9, &sum); });
    Report("read a tenth, skip the rest", seconds, rows, sum);
  }
  return context->files->DeleteRecursively(folder).ok() ? 0 : 1;
}

}  // namespace
}  // namespace tarn

int main(int argc, char** argv) {
  return tarn::Main(argc, argv);
}
