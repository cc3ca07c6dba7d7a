// SPDX-License-Identifier: Apache-2.0
// Write-only ingest: rows in random order through write buffer, sort, merge, Parquet and
// one commit, CPU nanoseconds per row handed in; beside it the limit from the same run:
// Arrow's own writer on the columns of the resulting file, already sorted.
//
// Rows: key INT random, 20 texts of 10 hexadecimal digits; 1 000 000, 100 000 with
// --small.
#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <cstdio>
#include <string>
#include <vector>

#include "benchmarks/support/bench_table.h"
#include "benchmarks/support/meter.h"
#include "tarn/types/arrow_types.h"

namespace tarn::benchmarks {
namespace {

using types::DataField;
using types::DataType;

void Report(int64_t rows, const std::string& folder) {
  std::vector<DataField> fields = {{0, "k", DataType::Int().NotNull(), {}, {}}};
  arrow::ArrayVector columns = {ValueOf(arrow::compute::Cast(
      *RandomNumbers(rows, 1), arrow::int32(), arrow::compute::CastOptions::Unsafe()))};
  for (int i = 1; i <= 20; ++i) {
    fields.push_back({i, "s" + std::to_string(i), DataType::String(), {}, {}});
    columns.push_back(RandomTexts(rows, 10, static_cast<uint64_t>(i) + 1));
  }
  const auto batches = Sliced(
      arrow::RecordBatch::Make(ValueOf(types::ToArrow(fields)), rows, columns), 8192);
  const auto context = BenchContext();
  int made = 0;
  std::shared_ptr<table::Table> table;
  const auto fresh_table = [&] {
    table = CreateTable(context, folder, "t" + std::to_string(++made), fields, {"k"}, {});
  };
  // Sorted rows as they stand in the file, for the limit.
  fresh_table();
  CheckOk(WriteAndCommit(*table, "bench", batches));
  const auto stored = ValueOf(ReadTable(DataFiles(*table)));
  auto reader = ValueOf(table->Scan({}));
  int64_t rows_out = 0;
  const uint64_t checksum = ValueOf(ChecksumOf(reader.get(), &rows_out));
  const auto plan = ValueOf(table->PlanScan({}));
  int64_t bytes = 0;
  for (const auto& split : plan.splits) {
    for (const auto& file : split.files) bytes += file.file_size;
  }
  Measured ours, limit;
  MeasureInTurn(
      3,
      [&]() -> Result<uint64_t> {
        fresh_table();
        ARROW_RETURN_NOT_OK(WriteAndCommit(*table, "bench", batches));
        return 0;
      },
      [&]() -> Result<uint64_t> {
        ARROW_RETURN_NOT_OK(WriteWithArrow(*stored, folder + "/limit.parquet"));
        return 0;
      },
      &ours, &limit);
  ours.checksum = checksum;
  PrintBesideLimit("ingest 1 INT + 20 texts", rows, ours, "Arrow writes them sorted",
                   limit);
  std::printf("  %lld rows handed in, %lld stored, %.1f bytes each\n",
              static_cast<long long>(rows), static_cast<long long>(rows_out),
              static_cast<double>(bytes) / static_cast<double>(rows_out));
}

}  // namespace
}  // namespace tarn::benchmarks

int main(int argc, char** argv) {
  using namespace tarn::benchmarks;
  const std::string folder = MakeFolder();
  Report(IsSmall(argc, argv) ? 100'000 : 1'000'000, folder);
  RemoveFolder(folder);
  return 0;
}
